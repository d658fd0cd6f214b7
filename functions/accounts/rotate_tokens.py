"""Refresh the tokens of every account that is due, or of one account whose token Calendly refused.

The only function that exchanges refresh tokens.
"""

from _wiring import refresher, rotation

from actions.doors import Call
from actions.inputs import AccountName, Common, WholeNumber
from actions.observability import count
from actions.runtime import Answer, endpoint


class RotateTokens(Common):
    """Which accounts; the schedule names none.

    Attributes:
        account: only this one; all that are due if left out.
        refused_generation: refresh if this generation of the account's tokens is still the current one.
    """

    account: AccountName | None = None
    refused_generation: WholeNumber | None = None


@endpoint
def handler(input: RotateTokens, call: Call) -> Answer:
    if input.account:
        results = [
            refresher().refresh(input.account, deadline=call.deadline, refused_generation=input.refused_generation)
        ]
    else:
        results = rotation().run(call.deadline)
    for result in results:
        count(f"Accounts{result.outcome.name.title().replace('_', '')}")
    return Answer({"accounts": [result.to_json() for result in results]})
