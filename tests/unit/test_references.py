"""References: a UUID or a URI of the right resource."""

from __future__ import annotations

import pytest

from calendly.references import InvalidReferenceError, parse

UUID = "78e51061-7311-48a3-82ce-6f447ed4d57b"


@pytest.mark.parametrize(
    ("text", "kinds", "path"),
    [
        (UUID, ["users"], f"users/{UUID}"),
        ("GBGBDCAADAEDCRZ2", ["scheduled_events"], "scheduled_events/GBGBDCAADAEDCRZ2"),
        (f"https://api.calendly.com/users/{UUID}", ["users"], f"users/{UUID}"),
        (f"http://127.0.0.1:4010/users/{UUID}", ["users"], f"users/{UUID}"),
        ("https://api.calendly.com/users/abc123", ["users"], "users/abc123"),
        (
            "https://api.calendly.com/organizations/AAAA/invitations/BBBB",
            ["organization_memberships", "organizations/*/invitations"],
            "organizations/AAAA/invitations/BBBB",
        ),
        (UUID, ["organization_memberships", "organizations/*/invitations"], f"organization_memberships/{UUID}"),
    ],
)
def test_accepts(text: str, kinds: list[str], path: str) -> None:
    assert parse(text, *kinds, api="http://127.0.0.1:4010")[1] == path


def test_accepts_the_singular_of_calendlys_own_examples() -> None:
    uri = "https://api.calendly.com/user_availability_schedule/abc123"
    assert parse(uri, "user_availability_schedules")[1] == "user_availability_schedules/abc123"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "me",
        "abc123",
        "not-a-uuid",
        UUID + "0",
        UUID.replace("-", "_"),
        f"{UUID}\n",
        f"https://api.calendly.com/event_types/{UUID}",
        f"https://api.calendly.com/users/{UUID}/more",
        f"https://api.calendly.com/users/{UUID}?x=1",
        "https://api.calendly.com/users/../groups/AAAA",
        "https://api.calendly.com/users/",
        f"https://api.calendly.com.example.com/users/{UUID}",
        f"http://api.calendly.com/users/{UUID}",
        f"https://example.com/users/{UUID}",
    ],
)
def test_refuses(text: str) -> None:
    with pytest.raises(InvalidReferenceError):
        parse(text, "users")


def test_says_what_the_uri_is_of() -> None:
    with pytest.raises(InvalidReferenceError, match="is a URI of event_types"):
        parse(f"https://api.calendly.com/event_types/{UUID}", "users")
