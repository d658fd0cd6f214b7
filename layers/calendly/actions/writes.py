"""What every action that writes has in common: dry runs, and keys that make a repeat safe."""

from __future__ import annotations

from collections.abc import Callable

from actions.doors import Answer, Call
from actions.inputs import CreateInput, WriteInput
from calendly.api import PlannedWrite


def carry_out(name: str, wanted: WriteInput, call: Call, write: Callable[[], Answer]) -> Answer:
    """Run a write as its input asks for.

    A dry run comes first: it takes no idempotency key and sends no write. A key runs the write only if it was not run
    with that key before.

    Args:
        name: the action's.
        wanted: the input.
        call: the call to answer.
        write: carries it out; in a dry run it raises ``PlannedWrite`` instead of sending.
    """
    if wanted.dry_run:
        return _planned(write)
    if not (isinstance(wanted, CreateInput) and wanted.idempotency_key):
        return write()
    # Costs 100 ms at a cold start, and few calls want it.
    from actions.repeats import first_answer

    return Answer(**first_answer(name, wanted, call.deadline, lambda: write()._asdict()))


def _planned(write: Callable[[], Answer]) -> Answer:
    try:
        write()
    except PlannedWrite as planned:
        return Answer({"dry_run": True, "requests": [planned.request]})
    return Answer({"dry_run": True, "requests": []})
