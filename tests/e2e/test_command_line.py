"""The command line against the local stack: over the HTTP door, signed, and over the direct one."""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import json
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from calendly_actions.__main__ import main
from calendly_actions.catalog import commands
from calendly_actions.failures import EXIT_CODES, SOMETHING_TO_DO
from generate.catalog import ROOT, actions
from local import operator
from tests.e2e.conftest import Running
from tests.sizes import size

KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


class Said(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Said]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process."""

    def command(*arguments: str) -> Said:
        monkeypatch.setenv("COLUMNS", "200")
        monkeypatch.setattr(sys, "argv", ["calendly-actions", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return Said(int(ended.value.code or 0), out, err)

    return command


@pytest.fixture
def local(running: Running, run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    ports = running.stack.ports
    monkeypatch.setenv("API_PORT", str(ports.api))
    monkeypatch.setenv("LAMBDA_PORT", str(ports.lambda_))
    return lambda *arguments: run("--local", *arguments)


@pytest.fixture
def deployed(running: Running, run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A stack that AWS knows by its outputs; the API does not check signatures."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", running.stack.aws_url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    outputs = {"ApiUrl": f"{running.stack.api_url}/", "FunctionLogGroup": "/calendly-actions/team/functions"}
    client = running.stack.aws.client("cloudformation")
    template = {
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }
    name = f"team-{uuid.uuid4().hex[:8]}"
    client.create_stack(StackName=name, TemplateBody=json.dumps(template))
    return lambda *arguments: run("--stack", name, "--region", "us-east-1", *arguments)


def test_every_action_is_a_command_with_a_flag_for_each_input(run: Run) -> None:
    assert list(commands()) == [action.name for action in actions()]
    for action in actions()[:: size(4, 1)]:
        said = run("call", action.name, "--help")
        assert said.code == 0
        for name in action.model.model_fields:
            assert f"--{name.replace('_', '-')}" in said.out, (action.name, name)


def test_every_example_in_the_reference_is_a_command_that_works(local: Run, running: Running) -> None:
    from shlex import split

    from generate.reference import command_line

    for action in actions()[:: size(4, 1)]:
        running.sandbox("reset")
        said = local(*split(command_line(action))[3:])
        assert said.code == 0, (action.name, said.err)


@pytest.mark.parametrize("door", ["--direct", ""])
def test_both_doors_answer_the_same(local: Run, door: str) -> None:
    said = local("call", "retrieve_user", "--output", "json", *filter(None, [door]))
    assert said.document["resource"]["name"] == "Ada Lovelace"


def test_options_of_the_stack_may_stand_anywhere(local: Run) -> None:
    assert local("call", "retrieve_events", "-o", "jsonl", "--count", "2").out.count("\n") == 2


def test_all_follows_the_pages(local: Run, running: Running) -> None:
    running.sandbox("reset", events=250)
    events = ("call", "retrieve_events", "--organization", "me", "-o", "jsonl")
    assert len(local(*events).out.splitlines()) == 20
    assert len(local(*events, "--all").out.splitlines()) == 250
    assert len(local(*events, "--all", "--max-items", "130").out.splitlines()) == 130


def test_the_formats(local: Run) -> None:
    rows = local("call", "retrieve_events", "--count", "3", "-o", "json").document["collection"]
    found = list(csv.DictReader(io.StringIO(local("call", "retrieve_events", "--count", "3", "-o", "csv").out)))
    assert [row["uri"] for row in found] == [row["uri"] for row in rows]
    assert found[0]["invitees_counter.total"] == str(rows[0]["invitees_counter"]["total"])
    table = local("call", "retrieve_events", "--count", "3", "-o", "table")
    assert rows[0]["uri"].rsplit("/", 1)[1] in table.out
    assert "--all" in table.err


def test_what_strangers_wrote_does_not_control_the_terminal(local: Run, running: Running) -> None:
    invitee = running.sandbox("bookings", name="Eve \x1b[31mAdams")["invitees"][0]
    said = local("call", "retrieve_invitee", "--invitee", invitee, "-o", "table")
    assert "Eve ?[31mAdams" in said.out


@pytest.mark.parametrize(
    ("arguments", "title", "code"),
    [
        (["call", "retrieve_event", "--event", "nope"], "InvalidRequestError", 2),
        (["call", "retrieve_event"], "Usage", 2),
        (["call", "retrieve_user", "--account", "nobody"], "AccountNotFoundError", 3),
        (["call", "retrieve_event", "--event", "00000000-0000-4000-8000-000000000000"], "NotFoundError", 5),
    ],
)
def test_the_exit_code_says_what_kind_of_error_it_was(local: Run, arguments: list[str], title: str, code: int) -> None:
    for door in ((), ("--direct",)):
        said = local(*arguments, *door)
        assert said.code == code
        assert said.err.startswith(f"{title}: ")


def test_every_class_of_error_has_an_exit_code_that_is_documented() -> None:
    page = (ROOT / "docs" / "command-line.md").read_text()
    from calendly import errors

    names = [name for name in dir(errors) if name.endswith("Error") and name not in ("CalendlyError", "FieldError")]
    assert set(names) == set(EXIT_CODES)
    for name, code in EXIT_CODES.items():
        assert any(line.startswith(f"| {code} |") and f"`{name}`" in line for line in page.splitlines()), name


def test_input_as_json(local: Run, tmp_path: Any) -> None:
    path = tmp_path / "input.json"
    path.write_text('{"count": 2}')
    assert len(local("call", "retrieve_events", "--input", f"@{path}").document["collection"]) == 2
    assert local("call", "retrieve_events", "--input", "[]").code == 2
    assert local("call", "retrieve_events", "--input", "@nowhere").code == 2


def test_connect_waits_until_a_person_granted_access(local: Run, running: Running) -> None:
    name = f"sales-{uuid.uuid4().hex[:8]}"

    def grant() -> None:
        for _ in range(100):
            items = running.stack.aws.client("dynamodb").scan(TableName=table)["Items"]
            if any(name in str(item) for item in items):
                break
            time.sleep(0.1)
        running.connect(name)

    table = running.stack.aws.client("dynamodb").list_tables()["TableNames"][0]
    person = threading.Thread(target=grant)
    person.start()
    said = local("connect", name, "--no-browser", "--timeout", "60", "-o", "json")
    person.join()
    assert "/oauth/authorize?" in said.err
    assert said.document["account"] == name
    assert (said.document["owner_name"], said.document["state"]) == ("Ada Lovelace", "healthy")
    assert local("connect", "other", "--no-browser", "--timeout", "0").code == 3


def test_connect_with_a_personal_access_token(local: Run, running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    token = running.sandbox("personal_access_tokens")["token"]
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{token}\n"))
    said = local("connect", "robot", "--personal-access-token", "-o", "json")
    assert said.document["kind"] == "personal_access_token"
    assert token not in said.out + said.err


def test_the_address_is_found_in_the_outputs_of_the_stack(deployed: Run) -> None:
    assert deployed("call", "retrieve_user").document["resource"]["name"] == "Ada Lovelace"
    assert deployed("accounts").document["accounts"][0]["account"] == "default"
    missing = deployed("--stack", "nothing", "accounts")
    assert missing.code == 9
    assert "--stack" in missing.err


def test_doctor_names_what_it_cannot_find_and_looks_at_the_rest(deployed: Run) -> None:
    """The local stack has no CloudFormation and no alarms; what it has is looked at with the function's own role."""
    said = deployed("doctor")
    found = {each["check"]: each for each in said.document["checks"]}
    assert said.code == SOMETHING_TO_DO
    assert not found["stack"]["ok"]
    for check in ("application", "key", "Calendly", "clock"):
        assert found[check]["ok"], found[check]


def test_logs_of_one_call(deployed: Run, running: Running) -> None:
    client, group = running.stack.aws.client("logs"), "/calendly-actions/team/functions"
    client.create_log_group(logGroupName=group)
    client.create_log_stream(logGroupName=group, logStreamName="one")
    line = json.dumps({"correlation_id": "abc", "message": "done", "action": "retrieve_user", "_aws": {}})
    events = [{"timestamp": int(time.time() * 1000), "message": line}]
    client.put_log_events(logGroupName=group, logStreamName="one", logEvents=events)
    said = deployed("logs", "--correlation-id", "abc", "-o", "jsonl")
    assert said.document == {"correlation_id": "abc", "message": "done", "action": "retrieve_user"}


class _Captured(BaseHTTPRequestHandler):
    seen: list[tuple[str, str, dict[str, str], bytes]]

    def take(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.seen.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST = take  # noqa: N815 - the names that http.server calls

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def captured() -> Iterator[tuple[str, list[Any]]]:
    handler = type("Handler", (_Captured,), {"seen": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", handler.seen
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("session_token", [None, "a-session-token"])
@pytest.mark.parametrize(
    "arguments",
    [
        ["retrieve_events", "--invitee-email", "a+b c@example.com", "--sort", "start_time:asc"],
        ["create_webhook_subscription", "--events", "invitee.created"],
    ],
)
def test_requests_are_signed_as_aws_computes_it(
    captured: Any, run: Run, monkeypatch: pytest.MonkeyPatch, session_token: str | None, arguments: list[str]
) -> None:
    from calendly_actions.doors import Stack

    url, seen = captured
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    if session_token:
        monkeypatch.setenv("AWS_SESSION_TOKEN", session_token)
    else:
        monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    monkeypatch.setattr(Stack, "output", lambda self, name: f"{url}/v1")
    assert run("--region", "eu-central-1", "call", *arguments).code == 0
    method, path, headers, body = seen[0]
    assert headers.get("x-amz-security-token") == session_token
    assert headers["authorization"].endswith(f"Signature={signature(method, path, headers, body)}")


def signature(method: str, path: str, headers: dict[str, str], body: bytes) -> str:
    """Signature Version 4, from its documentation."""
    signed = headers["authorization"].split("SignedHeaders=")[1].split(",")[0]
    target = urlsplit(path)
    query = "&".join(sorted(target.query.split("&"))) if target.query else ""
    lines = [method, target.path.replace("%", "%25"), query, *(f"{each}:{headers[each]}" for each in signed.split(";"))]
    canonical = "\n".join([*lines, "", signed, hashlib.sha256(body).hexdigest()])
    moment = headers["x-amz-date"]
    scope = f"{moment[:8]}/eu-central-1/execute-api/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{SECRET}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.new(key, text.encode(), "sha256").hexdigest()


def test_it_runs_from_a_wheel(tmp_path: Any) -> None:
    """As ``pipx run`` makes it: the package alone, away from the repository."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    subprocess.run([sys.executable, "-m", "zipfile", "-e", str(wheel), str(tmp_path / "there")], check=True)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "there")}
    command = [sys.executable, "-m", "calendly_actions", "call", "--help"]
    said = subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True)
    assert "retrieve_events" in said.stdout
    command = [sys.executable, "-c", "from sandbox.app import CalendlySandbox; CalendlySandbox('http://127.0.0.1:1')"]
    subprocess.run(command, cwd=tmp_path, env=environment, check=True)


def test_consent_is_asked_in_a_browser(local: Run, running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def browser(url: str) -> bool:
        operator.consent(url)
        return True

    monkeypatch.setattr("webbrowser.open", browser)
    assert local("connect", "seen", "-o", "json").document["account"] == "seen"
