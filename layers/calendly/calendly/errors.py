"""The error tree.

Class names are public: Step Functions matches ``Retry`` and ``Catch`` on them, because Lambda reports an exception's
class name as the error type. A message is one line that a person can act on. It never holds a token, a secret or an
invitee's answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class FieldError(NamedTuple):
    """What is wrong with one input field.

    Attributes:
        field: the field's name.
        message: what is wrong with it.
        code: Calendly's code for it, such as ``already_filled``, if it sends one.
    """

    field: str
    message: str
    code: str | None = None

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"

    def to_json(self) -> dict[str, str]:
        """The members that are not None."""
        return {name: value for name, value in self._asdict().items() if value is not None}


class CalendlyError(Exception):
    """The base class of all errors.

    Attributes:
        http_status: the status of the answer over HTTP.
        retryable: whether the same call may succeed later without a change.
        retry_after: seconds to wait before the next attempt, if known.
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
    """The input is wrong; ``fields`` says where. Raised by our validation, and for Calendly's 400 and 422."""

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
    """The account's authorization is lost. A person has to connect the account again."""

    http_status = 401


class PermissionDeniedError(CalendlyError):
    """Calendly does not allow this for the account's user.

    Attributes:
        about_role: whether the user's role or membership is the reason, and not the state of the resource.
    """

    http_status = 403

    def __init__(self, message: str, *, about_role: bool = False) -> None:
        super().__init__(message)
        self.about_role = about_role


class InsufficientScopeError(CalendlyError):
    """The account was connected without a scope that this call needs."""

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
    """Calendly already has the resource that was to be created."""

    http_status = 409


class SlotUnavailableError(InvalidRequestError):
    """The time is taken or not offered: choose another one."""

    http_status = 409


class AmbiguousReferenceError(CalendlyError):
    """Several resources match a name; choose one of the ``candidates``.

    Attributes:
        candidates: a URI and a name or slug of each.
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
    """Calendly answered 5xx or could not be reached, or something in between answered a read."""

    http_status = 502
    retryable = True


class AccountUnavailableError(CalendlyError):
    """The account's tokens cannot be read or renewed now, because an AWS service refused."""

    http_status = 503
    retryable = True


class OutcomeUnknownError(CalendlyError):
    """A write was sent, and its answer was lost or is not Calendly's own. It may or may not have been carried out.

    Args:
        message: what happened, for a person.
        repeatable: whether sending the write again has the same effect, so that a retry is safe.
        retry_after: seconds to wait before checking or trying again, if known.
    """

    http_status = 504

    def __init__(self, message: str, *, repeatable: bool = False, retry_after: float | None = None) -> None:
        super().__init__(message, retry_after=retry_after)
        self.retryable = repeatable
