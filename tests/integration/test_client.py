"""The client against the sandbox, over real HTTP, with real faults."""

from __future__ import annotations

import pytest

from calendly import each_page
from calendly.errors import (
    CalendlyUnavailableError,
    InsufficientScopeError,
    NotFoundError,
    OutcomeUnknownError,
    PermissionDeniedError,
    RateLimitedError,
    ReauthenticationRequiredError,
)
from tests.conftest import Sandbox

ME = "GET /users/me"
LINKS = "POST /scheduling_links"


def test_pages_are_fetched_as_they_are_asked_for(sandbox: Sandbox) -> None:
    sandbox.control("reset", events=250)
    calendly, organization = sandbox.client(), sandbox.world.data.organization
    walk = each_page(
        lambda token: calendly.scheduled_events.list(organization=organization, count=100, page_token=token)
    )
    first = next(walk)
    assert sandbox.sent() == {"GET /scheduled_events": 1}
    uris = [event.uri for page in (first, *walk) for event in page]
    assert len(uris) == len(set(uris)) == 250
    assert sandbox.sent() == {"GET /scheduled_events": 3}


@pytest.mark.parametrize("fault", [{"drop": True}, {"status": 500}, {"status": 503}, {"status": 502}], ids=str)
def test_reads_survive_what_passes(sandbox: Sandbox, fault: dict[str, object]) -> None:
    sandbox.fault(path="/users/me", times=3, **fault)
    assert sandbox.client().users.retrieve("me").resource.name
    assert sandbox.sent() == {ME: 4}


@pytest.mark.parametrize("fault", [{"drop": True}, {"status": 500}], ids=str)
def test_reads_end_after_four_attempts(sandbox: Sandbox, fault: dict[str, object]) -> None:
    sandbox.fault(path="/users/me", times=10, **fault)
    with pytest.raises(CalendlyUnavailableError):
        sandbox.client().users.retrieve("me")
    assert sandbox.sent() == {ME: 4}


@pytest.mark.parametrize("after", [True, False])
def test_a_write_whose_connection_breaks_is_sent_once(sandbox: Sandbox, after: bool) -> None:
    sandbox.fault(method="POST", path="/scheduling_links", drop=True, after=after)
    with pytest.raises(OutcomeUnknownError, match="may or may not have happened"):
        sandbox.client().scheduling_links.create(sandbox.world.data.event_types[0]["uri"])
    assert sandbox.sent() == {LINKS: 1}
    assert len(sandbox.world.data.scheduling_links) == int(after)


@pytest.mark.parametrize(("status", "error"), [(500, OutcomeUnknownError), (502, OutcomeUnknownError)])
def test_a_write_that_fails_at_calendly_is_sent_once(sandbox: Sandbox, status: int, error: type) -> None:
    sandbox.fault(method="POST", path="/scheduling_links", status=status, times=5)
    with pytest.raises(error):
        sandbox.client().scheduling_links.create(sandbox.world.data.event_types[0]["uri"])
    assert sandbox.sent() == {LINKS: 1}


def test_a_write_that_was_never_sent_is_repeated(sandbox: Sandbox) -> None:
    """Nobody listens: each attempt fails to connect, and the error says that nothing happened."""
    calendly = sandbox.client()
    calendly.api.address = "http://127.0.0.1:9"
    with pytest.raises(CalendlyUnavailableError, match="no connection was made"):
        calendly.scheduling_links.create("AAAAAAAAAAAAAAAA")


def test_a_write_is_repeated_after_429(sandbox: Sandbox) -> None:
    sandbox.fault(method="POST", path="/scheduling_links", status=429, headers={"X-RateLimit-Reset": "3"})
    slept: list[float] = []
    sandbox.client(sleep=slept).scheduling_links.create(sandbox.world.data.event_types[0]["uri"])
    assert sandbox.sent() == {LINKS: 2}
    assert [3 <= seconds < 3.5 for seconds in slept] == [True]


def test_a_reset_beyond_the_time_left_is_told_and_not_waited_for(sandbox: Sandbox) -> None:
    sandbox.control("limits", per_minute=2)
    slept: list[float] = []
    calendly = sandbox.client(sleep=slept, seconds=3)
    for _ in range(2):
        calendly.users.retrieve("me")
    with pytest.raises(RateLimitedError) as caught:
        calendly.users.retrieve("me")
    assert slept == []
    assert caught.value.retry_after is not None
    assert 0 <= caught.value.retry_after <= 60


def test_an_answer_that_takes_longer_than_the_time_left_is_given_up(sandbox: Sandbox) -> None:
    sandbox.fault(path="/users/me", delay=5)
    with pytest.raises(CalendlyUnavailableError):
        sandbox.client(seconds=1.2).users.retrieve("me")


def test_nothing_is_sent_without_time(sandbox: Sandbox) -> None:
    with pytest.raises(CalendlyUnavailableError, match="No time was left"):
        sandbox.client(seconds=0.1).users.retrieve("me")
    assert sandbox.sent() == {}


@pytest.mark.parametrize("body", ["", "<html>", {"unexpected": 1}, [], {"resource": None}], ids=repr)
def test_a_success_that_cannot_be_read_is_no_success(sandbox: Sandbox, body: object) -> None:
    sandbox.fault(path="/users/me", status=200, body=body)
    with pytest.raises(CalendlyUnavailableError, match="could not be read"):
        sandbox.client().users.retrieve("me")
    sandbox.fault(method="POST", path="/scheduling_links", status=201, body=body)
    with pytest.raises(OutcomeUnknownError, match="could not be read"):
        sandbox.client().scheduling_links.create(sandbox.world.data.event_types[0]["uri"])


def test_redirects_are_not_followed(sandbox: Sandbox) -> None:
    """A token must not travel to wherever an answer points."""
    sandbox.fault(path="/users/me", status=302, headers={"Location": f"{sandbox.url}/users/elsewhere"}, times=9)
    with pytest.raises(CalendlyUnavailableError):
        sandbox.client().users.retrieve("me")
    assert set(sandbox.sent()) == {ME}


class Renewing:
    """A source with a stock of tokens."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = list(tokens)

    def token(self) -> str:
        return self.tokens[0]

    def renew(self, refused: str) -> str:
        assert refused == self.tokens.pop(0)
        if not self.tokens:
            raise ReauthenticationRequiredError("none left")
        return self.tokens[0]


def test_a_refused_token_is_renewed(sandbox: Sandbox) -> None:
    calendly = sandbox.client(tokens=Renewing("wrong", "wrong, too", sandbox.token()))
    assert calendly.users.retrieve("me").resource.name
    assert sandbox.sent() == {ME: 3}
    with pytest.raises(ReauthenticationRequiredError):
        sandbox.client(tokens=Renewing("wrong")).users.retrieve("me")


def test_scope_and_role_of_the_sandbox(sandbox: Sandbox) -> None:
    organization = sandbox.world.data.organization
    with pytest.raises(InsufficientScopeError) as caught:
        sandbox.client(scopes=["users:read"]).groups.list(organization=organization)
    assert caught.value.missing_scopes == ("groups:read",)
    with pytest.raises(PermissionDeniedError, match="permission") as denied:
        sandbox.client(3).groups.list(organization=organization)
    assert denied.value.about_role
    with pytest.raises(PermissionDeniedError, match="specify organization"):
        sandbox.client().scheduled_events.list(user=sandbox.world.data.users[1]["uri"])
    with pytest.raises(PermissionDeniedError, match="not in your organization"):
        sandbox.client().user_availability_schedules.list(user=sandbox.world.data.foreign_users[0]["uri"])
    with pytest.raises(NotFoundError):
        sandbox.client().groups.retrieve("A" * 16)


def test_no_token_is_in_any_repr_or_message(sandbox: Sandbox) -> None:
    token = sandbox.token()
    calendly = sandbox.client()
    sandbox.fault(path="/users/me", drop=True, times=9)
    with pytest.raises(CalendlyUnavailableError) as caught:
        calendly.users.retrieve("me")
    assert token not in f"{caught.value!r} {calendly!r} {vars(caught.value)}"
