"""What all actions that write have in common: dry runs and idempotency keys."""

from __future__ import annotations

from collections.abc import Callable

from actions.doors import Answer, Call
from actions.inputs import CreateInput, WriteInput
from calendly.api import PlannedWrite


def carry_out(name: str, wanted: WriteInput, call: Call, write: Callable[[], Answer]) -> Answer:
    """Run a write, or plan it, as its input says.

    A dry run ignores the idempotency key and sends no write. With a key, the write runs only if it has not run with
    that key before.

    Args:
        name: the action's name.
        wanted: the input.
        call: the call to answer.
        write: performs the write; in a dry run it raises ``PlannedWrite`` instead of sending.
    """
    if wanted.dry_run:
        return _planned(write)
    if not (isinstance(wanted, CreateInput) and wanted.idempotency_key):
        return write()
    # The import takes 100 ms at a cold start, and few calls need it.
    from actions.repeats import first_answer

    return Answer(**first_answer(name, wanted, call.deadline, lambda: write()._asdict()))


def _planned(write: Callable[[], Answer]) -> Answer:
    try:
        write()
    except PlannedWrite as planned:
        return Answer({"dry_run": True, "requests": [planned.request]})
    return Answer({"dry_run": True, "requests": []})
