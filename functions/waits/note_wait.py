"""Note whom the workflow ``book-and-wait`` waits for, and that it waits: its task token. Answers what it has missed.

A task token lets its holder end the wait: it is in the table and nowhere else, and the table is the stack's own.
"""

from typing import Annotated

from pydantic import Field

from accounts.settings import settings
from accounts.table import Table
from actions.doors import Call
from actions.inputs import Input, InviteeRef, Timestamp
from actions.runtime import Answer, endpoint
from actions.waits import WaitId, Waits


class NoteWait(Input):
    """What is waited for.

    Attributes:
        wait: the wait's id.
        invitee: who booked, if somebody has.
        until: when it ends.
        task_token: what Step Functions waits with; nothing waits if left out.
    """

    wait: WaitId
    invitee: InviteeRef | None = None
    until: Timestamp
    task_token: Annotated[str, Field(min_length=1, max_length=2048, repr=False)] | None = None


@endpoint
def handler(input: NoteWait, call: Call) -> Answer:
    waits = Waits(Table(settings().table))
    waits.keep(input.wait, input.account, input.until, input.invitee)
    if input.task_token is not None:
        waits.ask(input.wait, input.task_token)
        return Answer({"asked": True})
    return Answer({"invitee": (waits.news(input.wait) or {}).get("invitee")})
