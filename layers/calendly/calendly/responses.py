"""What Calendly's answers mean: a success, or a typed error.

Calendly's errors are ``{"title", "message", "details": [{"parameter", "message"}]}``; ``details`` may be missing, and
the body of a 429 is not documented at all, so every part is optional here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NoReturn

from calendly.errors import (
    AlreadyExistsError,
    CalendlyUnavailableError,
    ExternalCalendarError,
    FieldError,
    InsufficientScopeError,
    InvalidRequestError,
    NotFoundError,
    OutcomeUnknownError,
    PermissionDeniedError,
    PlanUpgradeRequiredError,
    RateLimitedError,
    ReauthenticationRequiredError,
)
from calendly.transport import Operation, Response

# "Please upgrade your Calendly account to Standard", "... is only available on paid Calendly plans. Upgrade your plan
# to access this feature.", "Please upgrade to a paid Calendly account."
_PLAN_GATE = re.compile(r"\bupgrade\b|\bpaid calendly\b", re.IGNORECASE)


def raise_for(response: Response, operation: Operation) -> None:
    """Return if the answer is a success; raise its class otherwise.

    Raises:
        CalendlyError: the class from the table in ``docs/errors.md``.
    """
    if response.ok:
        return
    body: Mapping[str, Any] = response.body if isinstance(response.body, dict) else {}
    said = _said(body)
    match response.status:
        case 401:
            raise ReauthenticationRequiredError("Calendly refused the access token.")
        case 403:
            _forbidden(body, said, operation)
        case 404:
            raise NotFoundError(f"{said or 'Calendly has no such resource.'} ({operation})")
        case 409:
            raise AlreadyExistsError(said or f"{operation}: it exists already.")
        case 424:
            raise ExternalCalendarError(
                f"{said or 'Calendly cannot read the calendar.'} Its owner has to reconnect it in Calendly."
            )
        case 429:
            raise RateLimitedError(
                f"Calendly's rate limit is reached; it resets in {response.reset:.0f} s.", retry_after=response.reset
            )
        case 502 | 504 if operation.write:
            raise OutcomeUnknownError(
                f"A gateway answered {response.status} to {operation}: it may or may not have happened. "
                "Look for its result before you send it again."
            )
        case status if 400 <= status < 500:
            raise InvalidRequestError(said or f"Calendly refused {operation} with {status}.", fields=_details(body))
        case status:
            raise CalendlyUnavailableError(f"Calendly answered {status} to {operation}. Try again later.")


def unreadable(operation: Operation) -> CalendlyUnavailableError | OutcomeUnknownError:
    """The error for a success whose body is not the JSON document it should be."""
    if operation.write:
        return OutcomeUnknownError(
            f"Calendly's answer to {operation} could not be read; it probably happened. "
            "Look for its result before you send it again."
        )
    return CalendlyUnavailableError(f"Calendly's answer to {operation} could not be read. Try again later.")


def _said(body: Mapping[str, Any]) -> str:
    message = body.get("message")
    return _line(message) if isinstance(message, str) else ""


def _line(text: str) -> str:
    return " ".join(text.split())[:500]


def _details(body: Mapping[str, Any]) -> list[FieldError]:
    details = body.get("details")
    return [
        FieldError(_line(str(detail.get("parameter") or "request")), _line(str(detail.get("message") or "invalid")))
        for detail in (details if isinstance(details, list) else [])
        if isinstance(detail, dict)
    ]


def _forbidden(body: Mapping[str, Any], said: str, operation: Operation) -> NoReturn:
    scopes = body.get("required_scopes")
    if isinstance(scopes, list) or str(body.get("title", "")).lower() == "insufficient scope":
        missing = [str(scope) for scope in scopes] if isinstance(scopes, list) else []
        raise InsufficientScopeError(
            f"The account was connected without the scope that {operation} needs: {', '.join(missing) or 'unknown'}.",
            missing_scopes=missing,
        )
    if _PLAN_GATE.search(said):
        raise PlanUpgradeRequiredError(said)
    said = said or f"Calendly does not allow {operation} to this account."
    role = f" It takes {operation.role}." if operation.role else ""
    raise PermissionDeniedError(f"{said if said.endswith('.') else said + '.'}{role}")
