"""Finish the moves that a call left behind, every five minutes: each ends with one active booking, or is told of."""

from actions.doors import Call
from actions.inputs import Common
from actions.move_records import open_moves
from actions.observability import log
from actions.rescheduling import SECONDS_FOR_ONE, go_on
from actions.runtime import Answer, endpoint


class FinishReschedules(Common):
    """All of them; the schedule names none."""


@endpoint
def handler(input: FinishReschedules, call: Call) -> Answer:
    moves = []
    for move in open_moves():
        if call.deadline.remaining() < SECONDS_FOR_ONE:
            log.warning("no time was left for all moves")
            break
        moves.append({"old_event": move.old_event, "state": go_on(call, move)})
    return Answer({"moves": moves})
