"""Disconnect a Calendly account: revoke its tokens at Calendly and delete them here."""

from _wiring import connector

from actions.doors import Call
from actions.inputs import Input
from actions.runtime import Answer, endpoint


class DisconnectAccount(Input):
    """``account``: which one."""


@endpoint
def handler(input: DisconnectAccount, call: Call) -> Answer:
    revoked = connector().disconnect(input.account, call.deadline)
    answer: dict[str, object] = {"account": input.account, "disconnected": True}
    if not revoked:
        answer["note"] = (
            "Its tokens are deleted here, but could not be revoked at Calendly. Its owner can withdraw the access in "
            "Calendly's settings."
        )
    return Answer(answer)
