"""What goes wrong, and the exit code that says what kind it was."""

from __future__ import annotations

from typing import Any

USAGE, ACCOUNT, PERMISSION, NOT_FOUND, CONFLICT, LATER, UNKNOWN_OUTCOME, AWS = 2, 3, 4, 5, 6, 7, 8, 9
SOMETHING_TO_DO = 10

EXIT_CODES = {
    "InvalidRequestError": USAGE,
    "ReauthenticationRequiredError": ACCOUNT,
    "AccountNotFoundError": ACCOUNT,
    "ExternalCalendarError": ACCOUNT,
    "PermissionDeniedError": PERMISSION,
    "InsufficientScopeError": PERMISSION,
    "PlanUpgradeRequiredError": PERMISSION,
    "NotFoundError": NOT_FOUND,
    "AlreadyExistsError": CONFLICT,
    "SlotUnavailableError": CONFLICT,
    "AmbiguousReferenceError": CONFLICT,
    "RateLimitedError": LATER,
    "CalendlyUnavailableError": LATER,
    "AccountUnavailableError": LATER,
    "OutcomeUnknownError": UNKNOWN_OUTCOME,
}
"""By the error's class; 1 is anything unexpected. docs/command-line.md has the table."""


class CallFailedError(Exception):
    """A call that did not succeed.

    Attributes:
        title: the error's class.
        detail: one line that says what to do.
        code: the exit code.
        more: what else the answer said.
    """

    def __init__(self, title: str, detail: str, *, code: int | None = None, more: dict[str, Any] | None = None) -> None:
        super().__init__(f"{title}: {detail}")
        self.title = title
        self.detail = detail
        self.code = code if code is not None else EXIT_CODES.get(title, 1)
        self.more = more or {}


class UsageError(CallFailedError):
    """Something on the command line is wrong."""

    def __init__(self, detail: str) -> None:
        super().__init__("Usage", detail, code=USAGE)


class AwsError(CallFailedError):
    """AWS, or the network on the way to it, refused."""

    def __init__(self, detail: str) -> None:
        super().__init__("AWS", detail, code=AWS)
