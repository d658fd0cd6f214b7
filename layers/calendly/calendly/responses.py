"""Turns Calendly's answers into a success or a typed error.

Calendly's errors are ``{"title", "message", "details": [{"parameter", "message", "code"?}]}``; ``details`` may be
missing, and the body of a 429 is not documented, so every part is optional here. An error without such a body comes
from something in between, such as a gateway or a firewall, and proves nothing about a write.
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
    SlotUnavailableError,
)
from calendly.transport import Operation, Response, unknown_outcome

# "Please upgrade your Calendly account to Standard", "... is only available on paid Calendly plans. Upgrade your plan
# to access this feature.", "Please upgrade to a paid Calendly account."
_PLAN_GATE = re.compile(r"\bupgrade\b|\bpaid calendly\b", re.IGNORECASE)

# "You do not have permission", "You are not allowed to view this event", "This user is not in your organization",
# "User must be a group admin": as opposed to "Event is already canceled".
_ABOUT_ROLE = re.compile(
    r"permission|not allowed|not authorized|unauthorized|\badmin|\bowner\b|\brole\b|not in your organization",
    re.IGNORECASE,
)

_SLOT_CODES = {"already_filled", "slot_unavailable"}
_SLOT_WORDS = re.compile(r"been filled|already filled|not available|no longer available", re.IGNORECASE)

_EMAIL = re.compile(r"[^\s@<>\"'(),;:]+@[^\s@<>\"'(),;:]+")
_ADDRESS = re.compile(r"https?://(?!api\.calendly\.com/)\S+")


def raise_for(response: Response, operation: Operation) -> None:
    """Return if the answer is a success; otherwise raise its error.

    Raises:
        CalendlyError: the class from the table in ``docs/errors.md``.
    """
    if response.ok:
        return
    status = response.status
    if status == 429:
        # Whether Calendly or a gateway counts requests, this one was not let through.
        raise RateLimitedError(
            f"Calendly's rate limit is reached; it resets in {response.reset:.0f} s.", retry_after=response.reset
        )
    if status >= 500:
        raise _server_error(response, operation)
    if not (response.own and 400 <= status < 500):
        raise _not_calendlys(status, operation)
    body: Mapping[str, Any] = response.body
    said = _said(body)
    match status:
        case 401:
            raise ReauthenticationRequiredError("Calendly refused the access token.")
        case 403:
            _forbidden(body, said, operation)
        case 404:
            raise NotFoundError(f"{said or 'Calendly has no such resource.'} ({operation})")
        case 409:
            raise AlreadyExistsError(said or f"{operation}: it already exists.")
        case 424:
            raise ExternalCalendarError(
                f"{said or 'Calendly cannot read the calendar.'} Its owner has to reconnect it in Calendly."
            )
        case _:
            fields = _details(body)
            kind = SlotUnavailableError if _is_about_a_slot(fields) else InvalidRequestError
            raise kind(said or f"Calendly refused {operation} with {status}.", fields=fields)


def unreadable(operation: Operation) -> CalendlyUnavailableError | OutcomeUnknownError:
    """The error for a success whose body is not the expected JSON document."""
    if operation.write:
        return unknown_outcome(operation, f"Calendly's answer to {operation} could not be read")
    return CalendlyUnavailableError(f"Calendly's answer to {operation} could not be read. Try again later.")


def _server_error(response: Response, operation: Operation) -> CalendlyUnavailableError | OutcomeUnknownError:
    said = f"{'Calendly' if response.own else 'A gateway'} answered {response.status} to {operation}"
    did_not_act = response.status == 503 and response.own and not operation.may_act_on_failure
    if operation.write and not did_not_act:
        return unknown_outcome(operation, said)
    return CalendlyUnavailableError(f"{said}. Try again later.")


def _not_calendlys(status: int, operation: Operation) -> CalendlyUnavailableError | OutcomeUnknownError:
    said = f"Something between here and Calendly answered {status} to {operation}"
    if operation.write:
        return unknown_outcome(operation, said)
    return CalendlyUnavailableError(
        f"{said}, not Calendly itself. Try again later; if it persists, check the proxies and firewalls in between."
    )


def _said(body: Mapping[str, Any]) -> str:
    message = body.get("message")
    return _line(message) if isinstance(message, str) else ""


def _line(text: str) -> str:
    """Calendly's text on one line, without e-mail addresses and URLs that a caller may have sent."""
    return _ADDRESS.sub("[address]", _EMAIL.sub("[e-mail address]", " ".join(text.split())))[:500]


def _details(body: Mapping[str, Any]) -> list[FieldError]:
    details = body.get("details")
    return [
        FieldError(
            _line(str(detail.get("parameter") or "request")),
            _line(str(detail.get("message") or "invalid")),
            _line(detail["code"]) if isinstance(detail.get("code"), str) else None,
        )
        for detail in (details if isinstance(details, list) else [])
        if isinstance(detail, dict)
    ]


def _is_about_a_slot(fields: list[FieldError]) -> bool:
    return any(
        field.code in _SLOT_CODES or (field.field == "start_time" and _SLOT_WORDS.search(field.message))
        for field in fields
    )


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
    about_role = not said or bool(_ABOUT_ROLE.search(said))
    said = said or f"Calendly does not allow {operation} to this account."
    raise PermissionDeniedError(said if said.endswith(".") else f"{said}.", about_role=about_role)
