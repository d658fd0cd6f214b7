"""List the connected accounts and their health. Reads no secret."""

from _wiring import connector, directory

from accounts.health import health
from actions.doors import Call
from actions.inputs import Common
from actions.runtime import Answer, endpoint


class RetrieveAccounts(Common):
    """Takes nothing of its own."""


@endpoint
def handler(input: RetrieveAccounts, call: Call) -> Answer:
    return Answer({"accounts": [health(entry, connector().missing_scopes) for entry in directory().list()]})
