"""Offers the actions to agents as tools, over the Model Context Protocol.

The address says for which account and which set of tools, so that IAM decides on both.
"""

from pathlib import Path

from accounts.account import NAME
from actions.doors import Call, Request
from actions.mcp import reply
from actions.runtime import Answer, HttpPage, receiver
from actions.tools import SETS, Caller, load, run
from calendly.errors import NotFoundError

TOOLS = Path(__file__).with_name("tools.json")


@receiver
def handler(input: Request, call: Call) -> Answer | HttpPage:
    account, chosen = input.path_parameters.get("account", ""), input.path_parameters.get("tools", "read")
    if not NAME.fullmatch(account):
        raise NotFoundError("There is no account of that name.")
    if chosen not in SETS:
        raise NotFoundError(f"There is no such set of tools; there are {', '.join(SETS)}.")
    caller = Caller(account, input.caller, call)
    replied = reply(input, load(TOOLS, chosen), lambda tool, arguments: run(tool, arguments, caller))
    if replied.headers:
        return HttpPage("", replied.status, dict(replied.headers))
    return Answer(replied.body, replied.status)
