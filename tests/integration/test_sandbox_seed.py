"""A seed file: one's own users, event types and bookings."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from sandbox.app import CalendlySandbox
from sandbox.dataset.own import SeedError
from sandbox.seed_file import read_seed
from sandbox.seed_schema import SECTIONS, SIZE
from tests.conftest import Sandbox
from tests.integration.sandbox_calls import caller, free_times

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "sandbox-seed.yaml"
PAGE = (ROOT / "docs" / "sandbox.md").read_text()


def problems(tmp_path: Path, text: str) -> list[str]:
    """What is said of a file, each without the file's name."""
    path = tmp_path / "seed.yaml"
    path.write_text(text)
    with pytest.raises(SeedError) as caught:
        CalendlySandbox("http://127.0.0.1:1", own=read_seed(path))
    return [each.removeprefix(f"{path}:") for each in caught.value.problems]


def test_the_example_is_what_the_api_answers(sandbox: Sandbox) -> None:
    sandbox.world.own = read_seed(EXAMPLE)
    sandbox.control("reset")
    call, data = caller(sandbox), sandbox.world.data
    assert call("GET", "/users/me")["resource"]["email"] == "eve@acme.example"
    whose = {"organization": data.organization}
    assert call("GET", data.organization)["resource"]["name"] == "Acme"
    members = call("GET", "/organization_memberships", params=whose)["collection"]
    assert {row["user"]["name"]: row["role"] for row in members} == {"Eve Adams": "owner", "Bob Miller": "admin"}
    mine = call("GET", "/event_types", params={"user": data.users[0]["uri"]})["collection"]
    assert [(row["name"], row["duration"]) for row in mine if row["profile"]["type"] == "User"] == [("Intro Call", 15)]
    events = call("GET", "/scheduled_events", params=whose)["collection"]
    assert [(row["name"], row["status"]) for row in events] == [
        ("Intro Call", "active"),
        ("Workshop", "active"),
        ("Intro Call", "canceled"),
    ]
    assert events[1]["invitees_counter"] == {"total": 2, "active": 2, "limit": 12}
    assert events[2]["cancellation"]["reason"] == "Ill"
    people = call("GET", f"{events[1]['uri']}/invitees")["collection"]
    assert {person["email"] for person in people} == {"dan@example.com", "erin@example.com"}
    assert free_times(call, mine[0]["uri"])


def test_what_a_file_does_not_name_is_made_up(sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "seed.yaml"
    path.write_text("event_types:\n  - {name: Only One, duration: 20, owner: grace-hopper}\nsize: {events: 9}\n")
    sandbox.world.own = read_seed(path)
    sandbox.control("reset")
    assert len(sandbox.world.data.users) == 5
    assert len(sandbox.world.data.scheduled_events) == 9
    assert "Only One" in {event["name"] for event in sandbox.world.data.scheduled_events}


def test_the_same_file_makes_the_same_uris() -> None:
    first, second = (CalendlySandbox("http://127.0.0.1:1", own=read_seed(EXAMPLE)).world.data.uris() for _ in range(2))
    assert first == second


def test_everything_that_is_wrong_is_told_with_its_line_and_what_is_known(tmp_path: Path) -> None:
    said = problems(
        tmp_path,
        "users:\n"
        "  - name: Eve\n"
        "    rol: owner\n"
        "  - email: nobody\n"
        "event_types:\n"
        "  - name: Intro\n"
        "    duration: long\n"
        "booking: []\n",
    )
    assert said == [
        "3: users[0]: rol is unknown. Known: email, name, role, slug, timezone.",
        "4: users[1].email: 'nobody' is not valid; it must be: e-mail address.",
        "4: users[1]: name is missing; it must be: text.",
        "7: event_types[0].duration: 'long' is not valid; it must be: minutes, 1 to 720.",
        "8: the file: booking is unknown. Known: bookings, event_types, organization, size, users.",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("users: Eve", r"1: users: must be a list"),
        ("users: []", r"1: users: must be a list with an entry"),
        ("- 1", r"1: the file: must be a mapping"),
        ("users: [{name: A, name: B}]", r"1: users\[0\]: name is there twice"),
        ("users: [{name: A}, {name: A}]", r"1: users\[1\]\.email: 'a@example.com' is another user's"),
        ("users: [{name: A, role: admin}]", r"1: users\[0\]\.role: nobody is the owner"),
        ("users: [{name: A, timezone: Mars/Base}]", r"1: users\[0\]\.timezone: 'Mars/Base' is not valid"),
        ("event_types: [{name: A, duration: 5, owner: x}]", r"event_types\[0\]\.owner: 'x' is no user\. Known: ada"),
        (
            "bookings:\n  - {event_type: no, start_time: 2030-01-07T09:00:00Z, name: A, email: a@b.example}",
            r"Known: 30",
        ),
        ("bookings: [{event_type: x, start_time: soon, name: A, email: a@b.example}]", r"'soon' is not valid"),
        ("users: [{name: A}]\nsize: {users: 3}", r"size\.users has no effect beside users"),
        ("size: {events: -1}", r"1: size\.events: '-1' is not valid"),
        ("users: [", "is not YAML"),
    ],
)
def test_a_mistake_is_told(tmp_path: Path, text: str, said: str) -> None:
    assert re.search(said, "\n".join(problems(tmp_path, text)))


def test_a_full_event_takes_nobody_else(tmp_path: Path) -> None:
    booking = "{event_type: a, start_time: 2030-01-07T09:00:00Z, name: A, email: a@b.example}"
    said = problems(tmp_path, f"event_types: [{{name: A, duration: 5}}]\nbookings:\n  - {booking}\n  - {booking}\n")
    assert said == ["4: bookings[1].start_time: the event has 1 seat(s), all of them taken."]


def test_a_file_that_is_not_there_ends_the_command(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sandbox", "--port", "4999", "--seed", str(tmp_path / "none.yaml")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "none.yaml: cannot be read" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_reset_that_does_not_fit_the_file_changes_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "seed.yaml"
    booking = "{event_type: 60-minute-meeting, start_time: 2030-01-07T09:00:00Z, name: 42, email: a@b.example}"
    path.write_text(f"bookings: [{booking}]\nusers: [{{name: No}}]\n")
    sandbox.world.own = read_seed(path)
    sandbox.control("reset")
    assert [row["name"] for row in sandbox.world.data.users] == ["No"]
    before = sandbox.world.data
    for size, said in (({"event_types": 1}, "'60-minute-meeting' is no event type"), ({"users": 9}, "users")):
        answer = requests.post(f"{sandbox.url}/_sandbox/reset", json=size, timeout=9)
        assert answer.status_code == 400
        assert said in answer.json()["error"]
    assert sandbox.world.data is before


def test_the_documentation_has_every_field() -> None:
    rows = re.findall(r"^\| `(\w+)\[\]\.(\w+)` \| (yes|no) \| (.*?) \|", PAGE, re.MULTILINE)
    documented = {(section, name): (required == "yes", expects) for section, name, required, expects in rows}
    known = {
        (section, name): (field.required, field.expects)
        for section, fields in SECTIONS.items()
        for name, field in fields.items()
    }
    assert documented == known
    assert all(f"`{name}`" in PAGE for name in SIZE)
