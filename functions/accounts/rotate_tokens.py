"""Refresh the tokens of every account that is due, or of one account whose token Calendly refused.

The only function that exchanges refresh tokens.
"""

from _wiring import announce, go_on, note_run, refresher, rotation

from accounts.outcome import Outcome, Result
from actions.doors import Call
from actions.inputs import AccountName, Common, WholeNumber
from actions.observability import count, log
from actions.runtime import Answer, endpoint
from calendly.errors import InvalidRequestError


class RotateTokens(Common):
    """Which accounts; the schedule names none.

    Attributes:
        account: only this one; all that are due if left out.
        refused_generation: refresh if this generation of the account's tokens is still the current one.
        force: ask Calendly now, whatever the account's state: for an operator who does not want to wait.
    """

    account: AccountName | None = None
    refused_generation: WholeNumber | None = None
    force: bool = False


@endpoint
def handler(input: RotateTokens, call: Call) -> Answer:
    if input.force and not input.account:
        raise InvalidRequestError.for_field("account", "is missing: force is for one account")
    if input.account:
        results = [
            refresher().refresh(
                input.account,
                deadline=call.deadline,
                refused_generation=input.refused_generation,
                force=input.force,
            )
        ]
        announce(input.account)
    else:
        run = rotation().run(call.deadline)
        results = run.results
        for name, value in run.gauges.items():
            count(name, value)
        if run.unfinished:
            go_on()
        note_run()
    for result in results:
        _report(result)
    return Answer({"accounts": [result.to_json() for result in results]})


def _report(result: Result) -> None:
    count(f"Refresh{result.outcome.name.title().replace('_', '')}")
    if result.outcome is not Outcome.NOT_DUE:
        tell = log.warning if result.reason else log.info
        tell(
            "refresh",
            refreshed_account=result.account,
            outcome=result.outcome.value,
            reason=result.reason,
        )
