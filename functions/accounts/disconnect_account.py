"""Disconnect a Calendly account: revoke its tokens at Calendly and delete them here."""

from _wiring import connector

from actions.doors import Call
from actions.inputs import Input
from actions.runtime import Answer, endpoint


class DisconnectAccount(Input):
    """``account``: which one."""


@endpoint
def handler(input: DisconnectAccount, call: Call) -> Answer:
    connector().disconnect(input.account, call.deadline)
    return Answer({"account": input.account, "disconnected": True})
