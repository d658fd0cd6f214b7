"""What Calendly's answers mean."""

from __future__ import annotations

from typing import Any

import pytest

from calendly import errors
from calendly.connections import Headers
from calendly.responses import raise_for
from calendly.transport import Operation, Response

READ = Operation("GET", "/groups/{uuid}", role="an organization admin")
WRITE = Operation("POST", "/scheduling_links", write=True)


def answered(status: int, body: Any = None, **headers: str) -> Response:
    fields = {name.lower().replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    return Response(status, Headers(fields), body)


def meaning(status: int, body: Any = None, *, operation: Operation = READ, **headers: str) -> errors.CalendlyError:
    with pytest.raises(errors.CalendlyError) as caught:
        raise_for(answered(status, body, **headers), operation)
    return caught.value


def test_success_is_no_error() -> None:
    raise_for(answered(204), READ)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (301, errors.CalendlyUnavailableError),
        (400, errors.InvalidRequestError),
        (401, errors.ReauthenticationRequiredError),
        (403, errors.PermissionDeniedError),
        (404, errors.NotFoundError),
        (405, errors.InvalidRequestError),
        (409, errors.AlreadyExistsError),
        (422, errors.InvalidRequestError),
        (424, errors.ExternalCalendarError),
        (429, errors.RateLimitedError),
        (500, errors.CalendlyUnavailableError),
        (503, errors.CalendlyUnavailableError),
        (504, errors.CalendlyUnavailableError),
    ],
)
@pytest.mark.parametrize("body", [None, {}, [], "text", {"title": None, "message": 5, "details": "none"}], ids=repr)
def test_a_status_has_a_class_whatever_the_body(status: int, expected: type, body: Any) -> None:
    assert type(meaning(status, body)) is expected


def test_a_gateway_that_lost_the_answer_to_a_write_leaves_the_outcome_unknown() -> None:
    assert type(meaning(502, operation=WRITE)) is errors.OutcomeUnknownError
    assert type(meaning(504, operation=WRITE)) is errors.OutcomeUnknownError
    assert type(meaning(500, operation=WRITE)) is errors.CalendlyUnavailableError


def test_details_become_fields() -> None:
    details = [{"parameter": "start_time", "message": "must be in the\nfuture", "code": "x"}, {"message": "missing"}]
    error = meaning(
        400, {"title": "Invalid Argument", "message": "The supplied parameters are invalid.", "details": details}
    )
    assert isinstance(error, errors.InvalidRequestError)
    assert [str(field) for field in error.fields] == ["start_time: must be in the future", "request: missing"]
    assert "\n" not in error.message


def test_scope_role_and_plan_are_told_apart() -> None:
    scope = meaning(403, {"title": "Insufficient scope", "message": "...", "required_scopes": ["groups:read"]})
    assert isinstance(scope, errors.InsufficientScopeError)
    assert scope.missing_scopes == ("groups:read",)
    for text in (
        "Please upgrade your Calendly account to Standard",
        "The Scheduling API is only available on paid Calendly plans. Upgrade your plan to access this feature.",
        "Please upgrade to a paid Calendly account.",
    ):
        assert type(meaning(403, {"title": "Permission Denied", "message": text})) is errors.PlanUpgradeRequiredError
    role = meaning(403, {"title": "Permission Denied", "message": "You do not have permission"})
    assert type(role) is errors.PermissionDeniedError
    assert role.message == "You do not have permission. It takes an organization admin."


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7.0), ("", 60.0), ("soon", 60.0), ("1767225600", 60.0), ("-3", 60.0)]
)
def test_the_reset_is_a_delta(header: str, seconds: float) -> None:
    assert meaning(429, {}, X_RateLimit_Reset=header).retry_after == seconds


def test_class_names_and_retryability_are_what_workflows_rely_on() -> None:
    def tree(root: type) -> list[type]:
        return [root, *(leaf for child in root.__subclasses__() for leaf in tree(child))]

    import calendly.errors

    public = {cls for cls in tree(errors.CalendlyError) if cls.__module__ == calendly.errors.__name__}
    assert {cls.__name__: (cls.http_status, cls.retryable) for cls in public} == {
        "CalendlyError": (500, False),
        "InvalidRequestError": (400, False),
        "ReauthenticationRequiredError": (401, False),
        "PermissionDeniedError": (403, False),
        "InsufficientScopeError": (403, False),
        "PlanUpgradeRequiredError": (403, False),
        "NotFoundError": (404, False),
        "AccountNotFoundError": (404, False),
        "AlreadyExistsError": (409, False),
        "ExternalCalendarError": (424, False),
        "RateLimitedError": (429, True),
        "CalendlyUnavailableError": (502, True),
        "AccountUnavailableError": (503, True),
        "OutcomeUnknownError": (504, False),
    }
