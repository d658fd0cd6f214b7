"""call_calendly on the whole stack: Calendly's own answers, writes, and a stack that only reads."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from local.stack import ROOT
from tests.e2e.conftest import Running


def test_a_read_gives_calendlys_own_answer_and_errors(running: Running) -> None:
    organization = running.world.data.organization
    query = {"organization": organization, "namespace": ["User", "API"], "count": 3}
    answer = running.direct("CallCalendly", method="GET", path="/activity_log_entries", query=query)
    assert len(answer["collection"]) == 3
    assert answer["total_count"] > 3
    running.contract.paused = True  # the contract has not heard of it
    unknown = running.direct("CallCalendly", method="GET", path="/nothing_yet")
    running.contract.paused = False
    assert unknown["errorType"] == "NotFoundError"


def test_a_write_gives_calendlys_own_status(running: Running) -> None:
    contact = running.world.data.contacts[0]["uri"]
    call = {"method": "POST", "path": "/notes", "body": {"contact": contact, "title": "Call"}, "allow_write": True}
    made = running.http("POST", "/accounts/default/call_calendly", json={**call, "idempotency_key": "one"})
    again = running.http("POST", "/accounts/default/call_calendly", json=call, headers={"Idempotency-Key": "one"})
    assert made.status_code == again.status_code == 201
    assert made.json() == again.json()
    assert running.calendly_requests()["POST /notes"] == 1
    path = "/contacts/" + contact.rsplit("/", 1)[1]
    delete = {"method": "DELETE", "path": path, "allow_write": True, "confirm": True}
    assert running.direct("CallCalendly", **delete, dry_run=True)["requests"] == [{"method": "DELETE", "path": path}]
    gone = running.http("POST", "/accounts/default/call_calendly", json=delete)
    assert (gone.status_code, gone.content) == (204, b"")


READING = """
import json, sys
from pathlib import Path
from local import operator
from local.ports import Ports
from local.stack import LocalStack

with LocalStack(Ports.free(), logs=Path(sys.argv[1]), actions="read") as stack:
    url = operator.authorize_url(stack)
    operator.connect(stack)
    calls = [
        {"method": "GET", "path": "/users/me"},
        {"method": "POST", "path": "/notes", "body": {}, "allow_write": True},
    ]
    print(json.dumps([url, *(stack.invoke("CallCalendly", call)["Payload"] for call in calls)]))
"""


def test_a_stack_that_only_reads(tmp_path: Path) -> None:
    """In a process of its own: moto's resources are those of a process."""
    command = [sys.executable, "-c", READING, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    url, read, refused = json.loads(done.stdout)
    assert "contacts%3Aread" in url
    assert "%3Awrite" not in url
    assert read["resource"]["name"] == "Ada Lovelace"
    assert refused["errorType"] == "PermissionDeniedError"
    assert "Actions=read" in refused["errorMessage"]
