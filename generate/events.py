"""Example events for both doors of each action, made from its example, for `sam remote invoke --event-file`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from generate.catalog import Action

ACCOUNT = "default"


def write(folder: Path, actions: list[Action]) -> dict[Path, str]:
    """The content of each file, by path."""
    return {
        folder / action.name / f"{door}.json": json.dumps(make(action), indent=2) + "\n"
        for action in actions
        for door, make in (("direct", direct), ("http", http))
    }


def direct(action: Action) -> dict[str, Any]:
    """The example as a flat input."""
    return {"account": ACCOUNT, **(action.declaration.example or {})}


def http(action: Action) -> dict[str, Any]:
    """The example as an API Gateway proxy event: path parameters, and the rest in the query or the body."""
    given = dict(action.declaration.example or {})
    names = re.findall(r"\{(\w+)\}", action.route)
    in_path = {name: _last(given.pop(name)) if name in given else ACCOUNT for name in names}
    path = re.sub(r"\{(\w+)\}", lambda match: in_path[match[1]], action.route)
    declared = action.declaration
    in_body = declared.method in ("POST", "PATCH")
    query = None if in_body or not given else {name: _text(value) for name, value in given.items()}
    return {
        "resource": action.route,
        "path": path,
        "httpMethod": declared.method,
        "headers": {
            "Accept": "application/json",
            **({"Content-Type": "application/json"} if in_body else {}),
            "X-Correlation-Id": f"example-{action.name}",
        },
        "pathParameters": in_path,
        "queryStringParameters": query,
        "multiValueQueryStringParameters": query and {name: [value] for name, value in query.items()},
        "requestContext": {
            "requestId": "00000000-0000-4000-8000-000000000000",
            "resourcePath": action.route,
            "httpMethod": declared.method,
            "path": f"/v1{path}",
            "stage": "v1",
        },
        "body": json.dumps(given) if in_body else None,
        "isBase64Encoded": False,
    }


def _last(reference: Any) -> str:
    """The last segment of a URI, for a path."""
    return str(reference).rsplit("/", 1)[-1]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return value if isinstance(value, str) else json.dumps(value)
