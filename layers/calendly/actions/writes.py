"""What all actions that write have in common: dry runs and idempotency keys."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from actions.connected import Connected
from actions.doors import Answer
from actions.inputs import CreateInput, WriteInput, same_input
from calendly.api import PlannedWrite
from calendly.errors import OutcomeUnknownError


def carry_out(
    name: str,
    wanted: WriteInput,
    connected: Connected,
    write: Callable[[], Answer],
    look: Callable[[], Answer | None] | None = None,
) -> Answer:
    """Run a write as its input asks for.

    A dry run comes first: it takes no idempotency key and sends no write. A key runs the write only if it was not run
    with that key before. Where nobody knows what came of it then, the repeat looks, if it can.

    Args:
        name: the action's name.
        wanted: the input.
        connected: the account that it is for.
        write: carries it out; in a dry run it raises ``PlannedWrite`` instead of sending.
        look: finds what an earlier call with the same key made; None where it finds nothing. It must not make a second.

    Raises:
        OutcomeUnknownError: it is not known what came of it, and there is no look, or it found nothing.
    """
    if wanted.dry_run:
        with suppress(PlannedWrite):
            write()
        return Answer({"dry_run": True, "requests": connected.calendly.api.planned})
    if not (isinstance(wanted, CreateInput) and wanted.idempotency_key):
        return write()
    # The import takes 100 ms at a cold start, and few calls need it.
    from actions.repeats import first_answer

    own = {"users": connected.account.owner, "organizations": connected.account.organization}
    unknown: list[OutcomeUnknownError] = []

    def create() -> dict[str, object]:
        try:
            return write()._asdict()
        except OutcomeUnknownError as error:
            unknown.append(error)
            raise

    try:
        return Answer(**first_answer(name, wanted, same_input(wanted, own), connected.call.deadline, create))
    except OutcomeUnknownError as error:
        if look is None:
            raise
        if unknown:
            raise OutcomeUnknownError(
                f"{unknown[0].message} With the same idempotency key it is looked for first.",
                repeatable=unknown[0].retryable,
            ) from None
        found = look()
        if found is None:
            raise error from None
        return found
