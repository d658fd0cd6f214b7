"""WSGI middleware that notes in the journal what goes through the stack's four doors. It reads no secret's value."""

from __future__ import annotations

import io
import json
import re
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, unquote

from botocore.exceptions import BotoCoreError, ClientError

from local.journal import Journal
from local.resources import Aws

HOME_PAGE = "local-home"
"""The ``User-Agent`` of the home page's own calls, which nobody wants to read of."""

App = Callable[..., Any]


def watch_api(app: App, journal: Journal) -> App:
    """Notes each call of the HTTP API; one of the webhook receiver is a delivery."""

    def watched(environ: dict[str, Any], start_response: Any) -> Any:
        path, method = environ.get("PATH_INFO", ""), environ.get("REQUEST_METHOD", "")
        if environ.get("HTTP_USER_AGENT") == HOME_PAGE:
            return app(environ, start_response)
        status, answer, milliseconds = _timed(app, environ, start_response)
        # Without the query: it may hold an authorization code or an e-mail address.
        text = f"{method} {path}  {status}  {milliseconds:.0f} ms"
        if path.startswith("/webhooks/"):
            journal.note("delivery", f"{text}{_about_delivery(answer)}")
        else:
            journal.note("call", f"{text}{_problem(status, answer)}")
        return [answer]

    return watched


def watch_lambda(app: App, journal: Journal) -> App:
    """Notes each direct invocation."""

    def watched(environ: dict[str, Any], start_response: Any) -> Any:
        headers: dict[str, str] = {}

        def start(status: str, found: list[tuple[str, str]], *more: Any) -> Any:
            headers.update({name.lower(): value for name, value in found})
            return start_response(status, found, *more)

        status, answer, milliseconds = _timed(app, environ, start)
        match = re.search(r"/functions/([^/]+)/invocations", environ.get("PATH_INFO", ""))
        failed = f"  {_error_type(answer)}" if "x-amz-function-error" in headers else ""
        if match:
            journal.note("invoke", f"{unquote(match[1]).rsplit(':', 1)[-1]}  {status}{failed}  {milliseconds:.0f} ms")
        return [answer]

    return watched


def watch_aws(app: App, journal: Journal, changed: Callable[[], None]) -> App:
    """Notes events put on the bus and messages to the operator; tells of every call that may change something."""

    def watched(environ: dict[str, Any], start_response: Any) -> Any:
        target = environ.get("HTTP_X_AMZ_TARGET", "")
        form = environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded")
        if target.endswith(".PutEvents") or (form and not target):
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            environ["wsgi.input"] = io.BytesIO(body)
            note = _note_events if target else _note_message
            note(journal, body)
        answer = app(environ, start_response)
        if not _reads(environ) and not re.search(r"\.(Get|Describe|List|Query|Scan|BatchGet)", target):
            changed()
        return answer

    return watched


def watch_changes(app: App, changed: Callable[[], None]) -> App:
    """Tells of every call that may change something."""

    def watched(environ: dict[str, Any], start_response: Any) -> Any:
        answer = app(environ, start_response)
        if not _reads(environ):
            changed()
        return answer

    return watched


def _reads(environ: dict[str, Any]) -> bool:
    return environ["REQUEST_METHOD"] in ("GET", "HEAD")


def watch_workflows(execution: str, aws: Aws, journal: Journal) -> None:
    """Notes that an execution started, and how it ends."""
    machine, name = execution.split(":")[-2:]
    journal.note("workflow", f"{machine} started  {name}")

    def wait() -> None:
        client, started = aws.client("stepfunctions"), time.monotonic()
        while True:
            time.sleep(0.3)
            try:
                found = client.describe_execution(executionArn=execution)
            except (BotoCoreError, ClientError):
                return  # the stack stopped
            if found["status"] != "RUNNING":
                break
        error = f"  {found['error']}" if found.get("error") else ""
        journal.note(
            "workflow", f"{machine} {found['status'].lower()}{error}  {time.monotonic() - started:.1f} s  {name}"
        )

    threading.Thread(target=wait, daemon=True).start()


def _timed(app: App, environ: dict[str, Any], start_response: Any) -> tuple[str, bytes, float]:
    said = ["500"]

    def start(status: str, *more: Any) -> Any:
        said[0] = status.partition(" ")[0]
        return start_response(status, *more)

    started = time.perf_counter()
    answer = b"".join(app(environ, start))
    return said[0], answer, (time.perf_counter() - started) * 1000


def _document(answer: bytes) -> dict[str, Any]:
    try:
        found = json.loads(answer)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _about_delivery(answer: bytes) -> str:
    said = _document(answer)
    return f"  {said['event']}{' (again)' if said.get('duplicate') else ''}" if "event" in said else ""


def _problem(status: str, answer: bytes) -> str:
    return f"  {_document(answer).get('title', '')}".rstrip() if status >= "400" else ""


def _error_type(answer: bytes) -> str:
    return str(_document(answer).get("errorType", "failed"))


def _note_events(journal: Journal, body: bytes) -> None:
    for entry in _document(body).get("Entries", ()):
        detail = {**entry, "Detail": _document(str(entry.get("Detail", "")).encode()) or entry.get("Detail")}
        journal.note("event", f"{entry.get('DetailType')} from {entry.get('Source')}", detail)


def _note_message(journal: Journal, body: bytes) -> None:
    said = {name: values[0] for name, values in parse_qs(body.decode(errors="replace")).items()}
    if said.get("Action") == "Publish":
        message = said.get("Message", "")
        journal.note("message", said.get("Subject") or message[:80], _document(message.encode()) or message)
