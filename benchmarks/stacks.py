"""The three stacks: ours as it is built, the floor, and the conventional one as plain ``sam build`` makes it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.loopback import ME, Loopback

ROOT = Path(__file__).parents[1]
WORK = ROOT / ".local" / "benchmarks"
RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"

ACTIONS = {
    "read": ("users", "retrieve_user", "GET", "/users/me", {"user": "me"}, None, None),
    "list": (
        "scheduled_events",
        "retrieve_events",
        "GET",
        "/scheduled_events",
        {},
        {"user": ME, "count": "20"},
        None,
    ),
    "create": (
        "scheduling_links",
        "create_single_use_scheduling_link",
        "POST",
        "/scheduling_links",
        {},
        None,
        {"event_type": "CCCCCCCCCCCCCCCC"},
    ),
}
"""What is measured: folder and name of the action, method, path, and parameters of path, query and body."""


@dataclass(frozen=True)
class Stack:
    """A way to answer: which handler, and where its code is."""

    name: str
    handlers: dict[str, str]
    code: dict[str, Path]
    layer: Path | None
    variables: dict[str, str] = field(default_factory=dict)

    def environment(self, action: str, service: Loopback) -> dict[str, str]:
        """What Lambda would give the function, with AWS and Calendly on loopback."""
        paths = [self.code[action], *([self.layer] if self.layer else [])]
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(map(str, paths)),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUNBUFFERED": "1",
            "LAMBDA_TASK_ROOT": str(self.code[action]),
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
            "AWS_LAMBDA_FUNCTION_NAME": "benchmark",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "benchmark",
            "AWS_SECRET_ACCESS_KEY": "benchmark",
            "AWS_ENDPOINT_URL": service.url,
            "AWS_CA_BUNDLE": str(service.certificate),
            "SSL_CERT_FILE": str(service.certificate),
            "REQUESTS_CA_BUNDLE": str(service.certificate),
            "CALENDLY_API_URL": service.url,
            "STACK_NAME": "stack",
            "TABLE_NAME": "table",
            "ROTATE_TOKENS_FUNCTION": "rotate",
            "POWERTOOLS_SERVICE_NAME": "benchmark",
            "POWERTOOLS_METRICS_NAMESPACE": "Benchmark",
            "POWERTOOLS_TRACE_DISABLED": "false",
            "AWS_XRAY_SDK_ENABLED": "true",
            "AWS_XRAY_CONTEXT_MISSING": "IGNORE_ERROR",
            **self.variables,
        }


def proxy_event(action: str) -> dict[str, Any]:
    """What API Gateway sends."""
    _, _, method, path, parameters, query, body = ACTIONS[action]
    resource = "/accounts/{account}" + (path.replace("me", "{user}") if parameters else path)
    return {
        "resource": resource,
        "path": f"/accounts/default{path}",
        "httpMethod": method,
        "headers": {"Content-Type": "application/json", "Accept": "application/json"},
        "multiValueHeaders": {"Content-Type": ["application/json"]},
        "pathParameters": {"account": "default", **parameters},
        "queryStringParameters": query,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()} if query else None,
        "requestContext": {"requestId": "r", "resourcePath": resource, "path": f"/v1{path}", "httpMethod": method},
        "body": json.dumps(body) if body else None,
        "isBase64Encoded": False,
    }


def build() -> list[Stack]:
    """Build all three; takes a minute the first time, and needs the package index then."""
    WORK.mkdir(parents=True, exist_ok=True)
    return [_ours(), _floor(), _conventional()]


def _ours() -> Stack:
    """`make build`'s own recipe for the layer, for this machine, with bytecode."""
    artifact = WORK / "ours"
    shutil.rmtree(artifact, ignore_errors=True)
    run(
        "make", "-s", "-C", str(ROOT / "layers" / "calendly"), "build-CalendlyLayer",
        f"ARTIFACTS_DIR={artifact}", "FOR=", f"PYTHON={sys.executable}", f"COMPILER={sys.executable}",
    )  # fmt: skip
    functions = ROOT / "functions"
    return Stack(
        "ours",
        {action: f"{about[1]}.handler" for action, about in ACTIONS.items()},
        {action: functions / about[0] for action, about in ACTIONS.items()},
        artifact / "python",
        # The one variable of template.yaml that matters for speed.
        dict(re.findall(r"(PYDANTIC_DISABLE_PLUGINS): (\S+)", (ROOT / "template.yaml").read_text())),
    )


def _floor() -> Stack:
    folder = ROOT / "benchmarks" / "floor"
    return Stack("floor", dict.fromkeys(ACTIONS, "handler.handler"), dict.fromkeys(ACTIONS, folder), None)


def _conventional() -> Stack:
    built, template = WORK / "conventional", WORK / "conventional.json"
    function = {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "Runtime": RUNTIME,
            "Handler": "app.handler",
            "CodeUri": str(ROOT / "benchmarks" / "conventional"),
        },
    }
    template.write_text(
        json.dumps({"Transform": "AWS::Serverless-2016-10-31", "Resources": {"Conventional": function}})
    )
    sam = Path(sys.executable).with_name("sam")
    run(
        str(sam),
        "build",
        "--template",
        str(template),
        "--build-dir",
        str(built),
        "--cached",
        "--cache-dir",
        str(WORK / "cache"),
    )
    folder = built / "Conventional"
    return Stack("conventional", dict.fromkeys(ACTIONS, "app.handler"), dict.fromkeys(ACTIONS, folder), None)


def run(*command: str) -> None:
    """Run a step of a build, and stop everything with its output if it fails."""
    environment = {
        **os.environ,
        "SAM_CLI_TELEMETRY": "0",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
