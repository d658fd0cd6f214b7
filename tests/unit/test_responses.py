"""What Calendly's answers mean."""

from __future__ import annotations

from typing import Any

import pytest
from requests.structures import CaseInsensitiveDict

from calendly import codec, errors
from calendly.responses import raise_for
from calendly.transport import Operation, Response

READ = Operation("GET", "/groups/{uuid}")
WRITE = Operation("POST", "/scheduling_links", write=True)
REPEATABLE = Operation("DELETE", "/webhook_subscriptions/{uuid}", write=True, repeatable=True)
MAY_ACT = Operation("POST", "/notes", write=True, may_act_on_failure=True)
OWN = {"title": "A title", "message": "What Calendly says"}


def answered(status: int, body: Any = None, **headers: str) -> Response:
    named = CaseInsensitiveDict({name.replace("_", "-"): value for name, value in headers.items()})
    return Response(status, named, b"" if body is None else codec.encode(body))


def meaning(status: int, body: Any = None, *, operation: Operation = READ, **headers: str) -> errors.CalendlyError:
    with pytest.raises(errors.CalendlyError) as caught:
        raise_for(answered(status, body, **headers), operation)
    return caught.value


def test_success_is_no_error() -> None:
    raise_for(answered(204), READ)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
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
@pytest.mark.parametrize("details", [{}, {"details": None}, {"details": "none"}, {"details": [5]}], ids=repr)
def test_calendlys_own_word_has_a_class_by_its_status(status: int, expected: type, details: Any) -> None:
    assert type(meaning(status, {**OWN, **details})) is expected


ELSEWHERE = [None, {}, [], "text", {"title": None, "message": 5}]


@pytest.mark.parametrize("body", ELSEWHERE, ids=repr)
@pytest.mark.parametrize("status", [status for status in range(300, 600) if status != 429])
def test_what_is_not_calendlys_own_word_says_nothing_of_a_write_and_nothing_of_a_role(status: int, body: Any) -> None:
    """A gateway's 408, 520, 522 or 524, a redirect, a firewall's 403 with HTML."""
    assert type(meaning(status, body)) is errors.CalendlyUnavailableError
    assert type(meaning(status, body, operation=WRITE)) is errors.OutcomeUnknownError


@pytest.mark.parametrize("body", [*ELSEWHERE, OWN], ids=repr)
@pytest.mark.parametrize("operation", [READ, WRITE, REPEATABLE, MAY_ACT], ids=str)
def test_a_429_did_not_act_whatever_its_body(operation: Operation, body: Any) -> None:
    assert type(meaning(429, body, operation=operation)) is errors.RateLimitedError


def test_calendlys_own_5xx_on_a_write() -> None:
    """A 503 says that it did not act, but for what Calendly says may exist after a failure; any other is unknown."""
    assert type(meaning(503, OWN, operation=WRITE)) is errors.CalendlyUnavailableError
    assert type(meaning(500, OWN, operation=WRITE)) is errors.OutcomeUnknownError
    assert type(meaning(502, OWN, operation=WRITE)) is errors.OutcomeUnknownError
    assert type(meaning(503, OWN, operation=MAY_ACT)) is errors.OutcomeUnknownError


def test_a_write_that_comes_to_the_same_when_repeated_says_so() -> None:
    error = meaning(500, OWN, operation=REPEATABLE)
    assert error.retryable
    assert "has the same effect" in error.message
    assert not meaning(500, OWN, operation=WRITE).retryable


def test_a_refusal_by_something_in_between_says_so() -> None:
    assert "not Calendly itself" in meaning(403, "error code: 1010").message


def test_details_become_fields() -> None:
    details = [{"parameter": "start_time", "message": "must be in the\nfuture", "code": "x"}, {"message": "missing"}]
    error = meaning(
        400, {"title": "Invalid Argument", "message": "The supplied parameters are invalid.", "details": details}
    )
    assert isinstance(error, errors.InvalidRequestError)
    assert [str(field) for field in error.fields] == ["start_time: must be in the future", "request: missing"]
    assert "\n" not in error.message
    assert error.extras()["errors"] == [
        {"field": "start_time", "message": "must be in the future", "code": "x"},
        {"field": "request", "message": "missing"},
    ]


@pytest.mark.parametrize(
    "detail",
    [
        {"parameter": "start_time", "message": "taken", "code": "already_filled"},
        {"parameter": "start_time", "message": "That start time has been filled"},
    ],
)
def test_a_slot_that_is_gone_has_a_class_of_its_own(detail: dict[str, str]) -> None:
    assert type(meaning(400, {**OWN, "details": [detail]}, operation=WRITE)) is errors.SlotUnavailableError


def test_addresses_are_not_repeated() -> None:
    said = "zoe@example.com is taken, see https://hooks.example.com/secret?key=1 and https://api.calendly.com/users/A"
    error = meaning(409, {"title": "Already Exists", "message": said})
    assert "example.com" not in error.message
    assert "https://api.calendly.com/users/A" in error.message


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
    assert role.about_role
    state = meaning(403, {"title": "Permission Denied", "message": "Event is already canceled"})
    assert isinstance(state, errors.PermissionDeniedError)
    assert not state.about_role


def test_retry_after_counts_where_the_reset_is_missing() -> None:
    assert meaning(429, {}, Retry_After="17").retry_after == 17
    assert meaning(429, {}, Retry_After="17", X_RateLimit_Reset="3").retry_after == 3


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
        "SlotUnavailableError": (409, False),
        "AmbiguousReferenceError": (409, False),
        "ExternalCalendarError": (424, False),
        "RateLimitedError": (429, True),
        "CalendlyUnavailableError": (502, True),
        "AccountUnavailableError": (503, True),
        "OutcomeUnknownError": (504, False),
    }
