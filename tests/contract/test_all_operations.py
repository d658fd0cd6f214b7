"""Every operation of the contract is answered by the sandbox, and its answers agree with the contract."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from sandbox.api.blueprints import blueprints
from sandbox.app import routes
from tests.conftest import Sandbox
from tests.contract.checking import document
from tests.contract.operations import Call, calls

METHODS = {"get", "post", "patch", "put", "delete"}
PATHS = document()["paths"]
OPERATIONS = {f"{method.upper()} {path}" for path, item in PATHS.items() for method in METHODS & set(item)}


def send(sandbox: Sandbox, token: str, call: Call) -> requests.Response:
    operation, parameters, query, body, _ = call
    method, path = operation.split(" ")
    filled = iter(parameters)
    path = re.sub(r"\{[^}]*\}", lambda _: next(filled), path)
    headers = {"Authorization": f"Bearer {token}"}
    return requests.request(method, f"{sandbox.url}{path}", params=query, json=body, headers=headers, timeout=20)


def table(sandbox: Sandbox, token: str) -> list[Call]:
    seeded = sandbox.state()["seeded"]
    query = {"event_type": seeded["event_types"][0]}
    for name, days in (("start_time", 2), ("end_time", 30)):
        query[name] = (datetime.now(UTC) + timedelta(days=days)).isoformat()
    times = send(sandbox, token, ("GET /event_type_available_times", (), query, None, 200)).json()["collection"]
    now = datetime.now(UTC).isoformat()
    upcoming = [row for row in sandbox.world.data.scheduled_events if row["start_time"] > now]
    event = next(row["uri"] for row in upcoming if row["status"] == "active")
    return calls(seeded, times[0]["start_time"], event)


def test_the_contract_has_all_operations_of_calendly() -> None:
    assert len(OPERATIONS) == 79


def test_the_sandbox_answers_all_operations_and_no_other() -> None:
    blueprint = {each.name for each in blueprints}
    endpoints = [rule.endpoint.split(".", 1) for rule in routes().url_map.iter_rules()]
    named = {operation for name, operation in endpoints if name in blueprint}
    assert named == OPERATIONS


def test_a_good_call_of_every_operation_agrees_with_the_contract(sandbox: Sandbox) -> None:
    token = sandbox.token()
    answered: dict[str, Any] = {}
    for call in table(sandbox, token):
        answer = send(sandbox, token, call)
        assert answer.status_code == call[-1], f"{call[0]}: {answer.text}"
        answered[call[0]] = answer
    assert set(answered) == OPERATIONS


def test_every_operation_takes_a_token_and_its_scope(sandbox: Sandbox) -> None:
    token = sandbox.token()
    without = sandbox.token(scopes=["none:read"])
    for call in table(sandbox, token):
        assert send(sandbox, "unknown", call).status_code == 401, call[0]
        refused = send(sandbox, without, call)
        assert refused.status_code == 403, call[0]
        method, path = call[0].split(" ")
        needed = PATHS[path][method.lower()]["x-required-scopes"]
        assert refused.json()["required_scopes"] == needed, call[0]
    # Two operations are documented without a 401.
    undocumented = "ResponseNotFound(http_status='401'"
    sandbox.checked.violations[:] = [each for each in sandbox.checked.violations if undocumented not in each]
