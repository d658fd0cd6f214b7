"""``/``: what the stack has and what happened on it."""

from __future__ import annotations

import json
from typing import Any

import requests
from flask import Blueprint, Response, current_app, render_template

from local.journal import Journal
from local.resources import Aws
from local.watching import HOME_PAGE

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def page() -> str:
    stack, journal, aws = _stack(), _journal(), _aws()
    return render_template(
        "home.html",
        stack=stack,
        accounts=_accounts(stack.api_url),
        calls=journal.latest("call", "invoke", "delivery"),
        events=journal.latest("event"),
        messages=journal.latest("message"),
        executions=_executions(aws),
    )


@blueprint.get("/_local/executions/<machine>/<name>")
def execution(machine: str, name: str) -> Any:
    client = _aws().client("stepfunctions")
    arn = f"arn:aws:states:us-east-1:123456789012:execution:{machine}:{name}"
    try:
        found = client.describe_execution(executionArn=arn)
        history = client.get_execution_history(executionArn=arn, maxResults=1000)["events"]
    except client.exceptions.ExecutionDoesNotExist:
        return Response("There is no such execution.", 404, mimetype="text/plain")
    return render_template(
        "execution.html",
        found=found,
        machine=machine,
        name=name,
        input=_parsed(found.get("input")),
        output=_parsed(found.get("output")),
        history=[_step(event) for event in history],
    )


def _step(event: dict[str, Any]) -> dict[str, Any]:
    """One line of a history: when, what, in which state, and its document."""
    details: dict[str, Any] = next((value for key, value in event.items() if key.endswith("EventDetails")), {})
    about = {name: _parsed(value) for name, value in details.items() if name not in ("name", "inputDetails")}
    return {
        "at": event["timestamp"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        "type": event["type"],
        "state": details.get("name", ""),
        "failed": event["type"].endswith(("Failed", "TimedOut", "Aborted")),
        "detail": json.dumps(about, indent=2, default=str) if about else "",
    }


def _parsed(value: Any) -> Any:
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return value


def _accounts(api_url: str) -> list[dict[str, Any]]:
    answer = requests.get(f"{api_url}/accounts", headers={"User-Agent": HOME_PAGE}, timeout=60)
    found: list[dict[str, Any]] = answer.json().get("accounts", []) if answer.ok else []
    return found


def _executions(aws: Aws) -> list[dict[str, Any]]:
    client = aws.client("stepfunctions")
    found = [
        {
            "machine": machine["name"],
            "name": each["name"],
            "status": each["status"],
            "at": each["startDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        for machine in client.list_state_machines()["stateMachines"]
        for each in client.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]
    ]
    return sorted(found, key=lambda each: str(each["at"]), reverse=True)[:20]


def _stack() -> Any:
    return current_app.config["STACK"]


def _journal() -> Journal:
    found: Journal = current_app.config["STACK"].journal
    return found


def _aws() -> Aws:
    found: Aws = current_app.config["STACK"].aws
    return found
