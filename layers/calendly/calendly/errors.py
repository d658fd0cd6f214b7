"""The error tree.

Class names are public: Step Functions matches ``Retry`` and ``Catch`` on them, because Lambda reports an exception's
class name as the error type. A message is one line a person can act on; it never holds a token, a secret or an
invitee's answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class FieldError(NamedTuple):
    """One thing wrong with one input field.

    Attributes:
        field: its name.
        message: what is wrong with it.
        code: Calendly's own name for it, such as ``already_filled``, where it gives one.
    """

    field: str
    message: str
    code: str | None = None

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"

    def to_json(self) -> dict[str, str]:
        """The members that say something."""
        return {name: value for name, value in self._asdict().items() if value is not None}


class CalendlyError(Exception):
    """The root of everything this package raises.

    Attributes:
        http_status: the status the HTTP door answers with.
        retryable: whether the same call may succeed later without a change.
        retry_after: seconds to wait before trying again, where known.
    """

    http_status = 500
    retryable = False

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after = retry_after

    def extras(self) -> dict[str, object]:
        """Machine-readable members beyond the message, for a problem document."""
        return {}


class InvalidRequestError(CalendlyError):
    """The input is wrong; ``fields`` says where. Raised by our validation or for Calendly's 400 and 422."""

    http_status = 400

    def __init__(self, message: str, *, fields: Iterable[FieldError] = ()) -> None:
        self.fields = tuple(fields)
        where = "; ".join(str(error) for error in self.fields)
        super().__init__(f"{message} {where}".strip())

    @classmethod
    def for_field(cls, field: str, message: str) -> InvalidRequestError:
        return cls("Invalid request.", fields=[FieldError(field, message)])

    def extras(self) -> dict[str, object]:
        return {"errors": [error.to_json() for error in self.fields]}


class ReauthenticationRequiredError(CalendlyError):
    """The account's authorization is gone; only a person can bring it back."""

    http_status = 401


class PermissionDeniedError(CalendlyError):
    """Calendly does not allow this to the account's user.

    Attributes:
        about_role: whether the refusal is about the user's role or membership, and not about the state of a thing.
    """

    http_status = 403

    def __init__(self, message: str, *, about_role: bool = False) -> None:
        super().__init__(message)
        self.about_role = about_role


class InsufficientScopeError(CalendlyError):
    """The account was connected without a scope this needs."""

    http_status = 403

    def __init__(self, message: str, *, missing_scopes: Iterable[str]) -> None:
        super().__init__(message)
        self.missing_scopes = tuple(missing_scopes)

    def extras(self) -> dict[str, object]:
        return {"missing_scopes": list(self.missing_scopes)}


class PlanUpgradeRequiredError(CalendlyError):
    """The Calendly plan does not include this."""

    http_status = 403


class NotFoundError(CalendlyError):
    """Calendly has no such resource, or hides it from this account."""

    http_status = 404


class AccountNotFoundError(NotFoundError):
    """No Calendly account is connected under this name."""


class AlreadyExistsError(CalendlyError):
    """Calendly already has what was to be created."""

    http_status = 409


class SlotUnavailableError(InvalidRequestError):
    """The time is taken, or is not offered: choose another one."""

    http_status = 409


class AmbiguousReferenceError(CalendlyError):
    """Several things match a name; ``candidates`` are what there is to choose from.

    Attributes:
        candidates: a URI and a name or slug each.
    """

    http_status = 409

    def __init__(self, message: str, *, candidates: Iterable[dict[str, str]]) -> None:
        super().__init__(message)
        self.candidates = tuple(candidates)

    def extras(self) -> dict[str, object]:
        return {"candidates": list(self.candidates)}


class ExternalCalendarError(CalendlyError):
    """Calendly cannot read the user's own calendar."""

    http_status = 424


class RateLimitedError(CalendlyError):
    """The rate limit resets later than this call may wait; ``retry_after`` says when."""

    http_status = 429
    retryable = True


class CalendlyUnavailableError(CalendlyError):
    """Calendly answered 5xx, could not be reached, or something in between answered a read in its place."""

    http_status = 502
    retryable = True


class AccountUnavailableError(CalendlyError):
    """The account's tokens cannot be read or renewed just now, for a reason within AWS."""

    http_status = 503
    retryable = True


class OutcomeUnknownError(CalendlyError):
    """A write was sent, and its answer was lost or is not Calendly's own: it may or may not have happened.

    Args:
        message: what happened, for a person.
        repeatable: whether sending it again comes to the same, so that a retry is safe.
        retry_after: seconds to wait before looking or trying again, where known.
    """

    http_status = 504

    def __init__(self, message: str, *, repeatable: bool = False, retry_after: float | None = None) -> None:
        super().__init__(message, retry_after=retry_after)
        self.retryable = repeatable
