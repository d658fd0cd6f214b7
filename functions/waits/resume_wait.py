"""Tell the workflow ``book-and-wait`` of a booking, a move or a cancellation that is on the bus.

Bookings through a wait's link come here, and every cancellation; most of these are of bookings that nobody waits for.
A move is the cancellation of the old invitee.
"""

from accounts.settings import settings
from accounts.table import Table
from actions.doors import BusEvent, Call
from actions.observability import count
from actions.runtime import Answer, subscriber
from actions.waits import Waits


@subscriber
def handler(input: BusEvent, call: Call) -> Answer:
    detail = input.detail
    waits = Waits(Table(settings().table))
    wait = waits.find(detail["account"], detail)
    if wait is not None:
        waits.tell(wait, {"id": detail["id"], "event": detail["event"], "invitee": detail["payload"]["uri"]})
        count("WaitsTold")
    return Answer({"told": wait is not None})
