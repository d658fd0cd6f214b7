"""The sandbox's own promises."""

from __future__ import annotations

import pytest
import requests

from tests.conftest import Sandbox


def get(sandbox: Sandbox, path: str, token: str | None = None, **params: object) -> requests.Response:
    headers = {"Authorization": f"Bearer {token or sandbox.token()}"}
    return requests.get(f"{sandbox.url}{path}", params=params, headers=headers, timeout=10)


def test_the_data_set_is_reproducible(sandbox: Sandbox) -> None:
    sandbox.control("reset", events=30, users=3)
    first = sandbox.state()["seeded"]
    sandbox.control("reset", events=30, users=3)
    assert sandbox.state()["seeded"] == first
    assert len(first["scheduled_events"]) == 30
    sandbox.control("reset", events=30, users=3, seed=2)
    assert sandbox.state()["seeded"] != first


def test_pages_link_to_each_other_and_repeat_the_filters(sandbox: Sandbox) -> None:
    token, organization = sandbox.token(), sandbox.world.data.organization
    first = get(sandbox, "/scheduled_events", token, organization=organization, count=25, status="active").json()
    follow = {"headers": {"Authorization": f"Bearer {token}"}, "timeout": 10}
    second = requests.get(first["pagination"]["next_page"], **follow).json()
    back = requests.get(second["pagination"]["previous_page"], **follow).json()
    assert back["collection"] == first["collection"]
    assert first["pagination"]["previous_page"] is None
    assert "status=active" in first["pagination"]["next_page"]
    assert not {event["uri"] for event in first["collection"]} & {event["uri"] for event in second["collection"]}


def test_a_client_may_send_the_parameters_of_a_list_as_json(sandbox: Sandbox) -> None:
    """As pycalendly does."""
    headers = {"Authorization": f"Bearer {sandbox.token()}"}
    wanted = {"organization": sandbox.world.data.organization, "count": 7}
    page = requests.get(f"{sandbox.url}/scheduled_events", json=wanted, headers=headers, timeout=10).json()
    following = requests.get(page["pagination"]["next_page"], headers=headers, timeout=10).json()
    uris = [event["uri"] for event in (*page["collection"], *following["collection"])]
    assert len(set(uris)) == 14


def test_a_null_in_a_body_is_as_good_as_nothing(sandbox: Sandbox) -> None:
    """pycalendly sends one for a signing key that was not given."""
    headers = {"Authorization": f"Bearer {sandbox.token()}"}
    organization = sandbox.world.data.organization
    wanted = {"url": "https://example.com/hook", "events": ["invitee.created"], "organization": organization}
    wanted |= {"scope": "organization", "signing_key": None}
    answer = requests.post(f"{sandbox.url}/webhook_subscriptions", json=wanted, headers=headers, timeout=10)
    assert answer.status_code == 201
    sandbox.checked.violations.clear()  # the contract knows no null there


def test_a_page_token_belongs_to_its_list(sandbox: Sandbox) -> None:
    token, organization = sandbox.token(), sandbox.world.data.organization
    page = get(sandbox, "/scheduled_events", token, organization=organization, count=5).json()
    stolen = page["pagination"]["next_page_token"]
    answer = get(sandbox, "/scheduled_events", token, organization=organization, status="active", page_token=stolen)
    assert answer.status_code == 400
    assert answer.json()["details"] == [{"parameter": "page_token", "message": "invalid"}]


@pytest.mark.parametrize(
    ("path", "params", "parameter"),
    [
        ("/scheduled_events", {}, "user"),
        ("/scheduled_events", {"organization": "x"}, "organization"),
        ("/event_types", {}, "user"),
        ("/groups", {}, "organization"),
        ("/groups", {"organization": "ORG", "count": 101}, "count"),
        ("/groups", {"organization": "ORG", "count": 0}, "count"),
        ("/user_availability_schedules", {}, "user"),
        ("/user_busy_times", {"user": "ME"}, "start_time"),
        (
            "/user_busy_times",
            {"user": "ME", "start_time": "2020-01-01T00:00:00Z", "end_time": "2020-01-02T00:00:00Z"},
            "start_time",
        ),
        (
            "/user_busy_times",
            {"user": "ME", "start_time": "2030-01-01T00:00:00Z", "end_time": "2030-01-08T00:00:01Z"},
            "end_time",
        ),
    ],
)
def test_parameter_rules(sandbox: Sandbox, path: str, params: dict[str, object], parameter: str) -> None:
    data = sandbox.world.data
    known = {"ORG": data.organization, "ME": data.users[0]["uri"]}
    answer = get(sandbox, path, **{name: known.get(value, value) for name, value in params.items()})  # type: ignore[call-overload]
    assert answer.status_code == 400
    assert answer.json()["title"] == "Invalid Argument"
    assert parameter in [detail["parameter"] for detail in answer.json()["details"]]


def test_rate_limit_headers_are_on_every_answer(sandbox: Sandbox) -> None:
    sandbox.control("limits", per_minute=2)
    token = sandbox.token()
    answers = [get(sandbox, "/users/me", token) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert all(1 <= int(answer.headers["X-RateLimit-Reset"]) <= 60 for answer in answers)
    assert get(sandbox, "/users/me", sandbox.token(1)).status_code == 200


def test_tokens_expire_and_are_revoked(sandbox: Sandbox) -> None:
    assert requests.get(f"{sandbox.url}/users/me", timeout=10).status_code == 401
    first, second = sandbox.token(0), sandbox.token(1)
    sandbox.control("revoke", account=sandbox.world.data.users[0]["email"])
    assert get(sandbox, "/users/me", first).status_code == 401
    assert get(sandbox, "/users/me", second).status_code == 200


def test_controls_say_what_they_do_not_know(sandbox: Sandbox) -> None:
    for call, document in (("faults", {"statsu": 500}), ("reset", {"event": 5}), ("limits", {"per_hour": 1})):
        answer = requests.post(f"{sandbox.url}/_sandbox/{call}", json=document, timeout=10)
        assert answer.status_code == 400
        assert "Known:" in answer.json()["error"]


def test_ten_thousand_events_are_no_effort(sandbox: Sandbox) -> None:
    assert sandbox.control("reset", events=10_000)["seeded"]["scheduled_events"] == 10_000
