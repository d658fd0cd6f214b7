"""Under one idempotency key the same thing is the same input, however it is spelled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from actions.inputs import CreateInput, InviteeRef, OrganizationRef, Timestamp, UserRef, same_input
from calendly.errors import InvalidRequestError
from tests.handlers import Handlers, handlers

PUBLIC = "https://api.calendly.com"


@pytest.fixture(scope="module")
def calls() -> Iterator[Handlers]:
    with handlers(events=3, users=2, event_types=2) as made:
        yield made


def test_a_uuid_and_its_uris_get_the_first_answer(calls: Handlers) -> None:
    uri = str(calls.world.data.event_types[0]["uri"])
    uuid = uri.rsplit("/", 1)[1]
    spellings = (uri, uuid, f"{PUBLIC}/event_types/{uuid}", f"{uri}/")
    answers = [
        calls.call("create_single_use_scheduling_link", event_type=each, idempotency_key="spelled")
        for each in spellings
    ]
    assert answers == [answers[0]] * len(spellings)
    assert len(calls.world.data.scheduling_links) == 1
    other = calls.world.data.event_types[1]["uri"]
    with pytest.raises(InvalidRequestError, match="idempotency_key"):
        calls.call("create_single_use_scheduling_link", event_type=other, idempotency_key="spelled")


def test_me_is_the_accounts_own_user(calls: Handlers) -> None:
    wanted: dict[str, Any] = {"events": ["invitee.created"], "url": "https://example.com/me", "idempotency_key": "mine"}
    own = {"user": calls.account.owner, "organization": calls.account.organization}
    first = calls.call("create_webhook_subscription", **wanted, user="me", organization="me")
    assert calls.call("create_webhook_subscription", **wanted, **own) == first
    with pytest.raises(InvalidRequestError, match="idempotency_key"):
        calls.call("create_webhook_subscription", **wanted, user=calls.world.data.users[1]["uri"])


class Odd(CreateInput):
    """Every kind of reference that is spelled in several ways, on its own, in a list, and left out."""

    invitee: InviteeRef | None = None
    users: list[UserRef] = []
    organization: OrganizationRef | None = None
    at: Timestamp | None = None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"at": "2030-01-01T09:00:00+01:00"}, {"at": "2030-01-01T08:00:00Z"}),
        ({"users": ["me", "A" * 16]}, {"users": [f"{PUBLIC}/users/{'O' * 16}", f"{PUBLIC}/users/{'A' * 16}"]}),
        ({"organization": "me"}, {"organization": "R" * 16}),
        ({"invitee": "I" * 16}, {"invitee": f"{PUBLIC}/scheduled_events/{'E' * 16}/invitees/{'I' * 16}"}),
    ],
)
def test_spellings_of_one_thing(one: dict[str, Any], other: dict[str, Any]) -> None:
    own = {"users": f"{PUBLIC}/users/{'O' * 16}", "organizations": f"{PUBLIC}/organizations/{'R' * 16}"}
    assert same_input(Odd(**one), own) == same_input(Odd(**other), own) != same_input(Odd(), own)


def test_an_input_keeps_what_came() -> None:
    assert Odd(organization="me", users=["me"]).model_dump()["users"] == ["me"]
    assert Odd(users=["A" * 16]).users == ["A" * 16]
