"""Disconnect a Calendly account: end its webhook subscriptions, revoke its tokens at Calendly, delete them here."""

from _wiring import connector, endings

from actions.doors import Call
from actions.inputs import Input
from actions.runtime import Answer, endpoint


class DisconnectAccount(Input):
    """``account``: which one."""


@endpoint
def handler(input: DisconnectAccount, call: Call) -> Answer:
    ending = endings(call)
    revoked = connector().disconnect(input.account, call.deadline, ending)
    answer: dict[str, object] = {"account": input.account, "disconnected": True}
    if ending.left:
        # They end at their next delivery: the receiver answers 410.
        answer["subscriptions_left"] = True
    if not revoked:
        answer["note"] = (
            "Its tokens are deleted here, but could not be revoked at Calendly. Its owner can withdraw the access in "
            "Calendly's settings."
        )
    return Answer(answer)
