"""The controls, as the documentation has them."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path

import pytest
import requests

from tests.conftest import Sandbox
from tests.integration.sandbox_calls import caller

PAGE = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text()
EXAMPLES = [line for line in PAGE.splitlines() if line.startswith("curl ")]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda line: line.rsplit("/", 1)[1])
def test_an_example_of_the_documentation_works(sandbox: Sandbox, example: str) -> None:
    words = [word.replace("http://127.0.0.1:4010", sandbox.url) for word in shlex.split(example)]
    command = [*words, "--silent", "--fail-with-body"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)


def test_every_control_has_an_example(sandbox: Sandbox) -> None:
    known = requests.get(f"{sandbox.url}/_sandbox/nothing", timeout=9).json()["error"].split("Known: ")[1].rstrip(".")
    shown = set()
    for example in EXAMPLES:
        words = shlex.split(example)
        method = words[words.index("-X") + 1] if "-X" in words else "POST" if "-d" in words else "GET"
        shown.add(f"{method} /_sandbox/{words[-1].rsplit('/', 1)[1]}")
    assert shown == set(known.split(", "))


@pytest.mark.parametrize(
    ("control", "body"),
    [
        ("reset", '{"evnts": 5}'),
        ("reset", "[]"),
        ("reset", "not json"),
        ("plan", '{"plan": "gold"}'),
        ("plan", "{}"),
        ("faults", '{"statsu": 500}'),
        ("limits", '{"per_hour": 1}'),
        ("accept_invitation", '{"invitation": "nobody@example.com"}'),
        ("submit_routing_form", '{"form": "x"}'),
        ("expire_access_tokens", '{"user": "x"}'),
        ("webhooks", '{"never": 1}'),
    ],
)
def test_a_control_refuses_what_it_does_not_know_and_says_what_it_knows(
    sandbox: Sandbox, control: str, body: str
) -> None:
    answer = requests.post(f"{sandbox.url}/_sandbox/{control}", data=body, timeout=9)
    assert answer.status_code == 400
    assert "Known: " in answer.json()["error"]


@pytest.mark.parametrize(
    ("control", "body"),
    [
        ("reset", {"events": True}),
        ("reset", {"users": 0}),
        ("bookings", {"count": "two"}),
        ("bookings", {"start_time": "soon"}),
        ("bookings", {"event_type": "x"}),
        ("limits", {"per_minute": "many"}),
        ("faults", {"delay": "long"}),
        ("reschedule", {"invitee": "x"}),
        ("personal_access_tokens", {"user": "x"}),
        ("apps", {}),
    ],
)
def test_a_control_refuses_what_makes_no_sense(sandbox: Sandbox, control: str, body: object) -> None:
    answer = requests.post(f"{sandbox.url}/_sandbox/{control}", json=body, timeout=9)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_single_use_link_works_once(sandbox: Sandbox) -> None:
    body = {"max_event_count": 1, "owner": sandbox.world.data.event_types[1]["uri"], "owner_type": "EventType"}
    link = caller(sandbox)("POST", "/scheduling_links", 201, json=body)["resource"]["booking_url"]
    (invitee,) = sandbox.control("bookings", booking_url=link)["invitees"]
    event = sandbox.world.data.known(invitee.split("/invitees/")[0])
    assert event["event_type"] == body["owner"]
    answer = requests.post(f"{sandbox.url}/_sandbox/bookings", json={"booking_url": link}, timeout=9)
    assert (answer.status_code, "used" in answer.json()["error"]) == (400, True)


def test_the_state_tells_the_uris_of_every_kind(sandbox: Sandbox) -> None:
    seeded = sandbox.state()["seeded"]
    assert all(seeded.values()), [kind for kind, uris in seeded.items() if not uris]
    assert all(uri.startswith(sandbox.url) for uris in seeded.values() for uri in uris)


def test_more_of_one_kind_changes_no_uri_of_another(sandbox: Sandbox) -> None:
    before = sandbox.state()["seeded"]
    sandbox.control("reset", users=7, events=90, event_types=4, contacts=6, records=30, invitees=5)
    after = sandbox.state()["seeded"]
    for kind in before:
        assert set(before[kind]) <= set(after[kind]), kind
