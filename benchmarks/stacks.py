"""The stacks that are compared: ours, the floor, and two that are built with plain ``sam build``."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
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
"""The measured actions: folder and name, method, path, and the parameters of path, query and body."""


@dataclass(frozen=True)
class Stack:
    """A stack: its handlers, and where their code is. Some stacks do not have every action."""

    name: str
    handlers: dict[str, str]
    code: dict[str, Path]
    layer: Path | None = None
    pages: str = ""
    python: str = sys.executable

    def environment(self, action: str, service: Loopback) -> dict[str, str]:
        """The function's environment as in Lambda, with AWS and Calendly on loopback."""
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
            "AWS_CA_BUNDLE": str(service.trusted),
            "SSL_CERT_FILE": str(service.trusted),
            "REQUESTS_CA_BUNDLE": str(service.trusted),
            "CALENDLY_API_URL": service.url,
            "STACK_NAME": "stack",
            "TABLE_NAME": "table",
            "ROTATE_TOKENS_FUNCTION": "rotate",
            "_X_AMZN_TRACE_ID": "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1",
            "POWERTOOLS_SERVICE_NAME": "benchmark",
            "POWERTOOLS_METRICS_NAMESPACE": "Benchmark",
            "POWERTOOLS_TRACE_DISABLED": "false",
            "AWS_XRAY_SDK_ENABLED": "true",
            "AWS_XRAY_CONTEXT_MISSING": "IGNORE_ERROR",
        }

    def run(self, script: Path, action: str, service: Loopback, *arguments: str) -> Any:
        """Run a script in a process with this stack's code; returns the JSON in the last line that it prints."""
        done = subprocess.run(
            [self.python, str(script), *arguments],
            env=self.environment(action, service),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{self.name}: {done.stderr[-2000:]}")
        return json.loads(done.stdout.splitlines()[-1])


def proxy_event(action: str) -> dict[str, Any]:
    """API Gateway's event for an action."""
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
    """Build all stacks. The first time takes a minute and needs the package index."""
    WORK.mkdir(parents=True, exist_ok=True)
    reads = {"read": "app.handler", "list": "app.handler"}
    return [
        _floor(),
        _ours(),
        _plain("conventional", dict.fromkeys(ACTIONS, "app.handler")),
        _plain("published", reads),
    ]


def _floor() -> Stack:
    folder = ROOT / "benchmarks" / "floor"
    handlers = dict.fromkeys(ACTIONS, "handler.handler")
    return Stack("floor", handlers, dict.fromkeys(ACTIONS, folder), pages="handler.pages")


def _ours() -> Stack:
    """Our stack, on a layer that is built by the recipe of `make build` for this machine, with bytecode."""
    artifact = WORK / "ours"
    shutil.rmtree(artifact, ignore_errors=True)
    build_layer(artifact, "FOR=", f"COMPILER={sys.executable}")
    handlers = {action: f"{about[1]}.handler" for action, about in ACTIONS.items()}
    code = {action: ROOT / "functions" / about[0] for action, about in ACTIONS.items()}
    return Stack("ours", handlers, code, artifact / "python", pages=handlers["list"])


def build_layer(artifact: Path, *how: str) -> None:
    """Build the layer as `make build` does."""
    layer = str(ROOT / "layers" / "calendly")
    run("make", "-s", "-C", layer, "build-CalendlyLayer", f"ARTIFACTS_DIR={artifact}", f"PYTHON={sys.executable}", *how)


def _plain(name: str, handlers: dict[str, str]) -> Stack:
    """The function in the folder of that name, built with plain `sam build`."""
    built, template = WORK / name, WORK / f"{name}.json"
    properties = {"Runtime": RUNTIME, "Handler": "app.handler", "CodeUri": str(ROOT / "benchmarks" / name)}
    resources = {"Function": {"Type": "AWS::Serverless::Function", "Properties": properties}}
    template.write_text(json.dumps({"Transform": "AWS::Serverless-2016-10-31", "Resources": resources}))
    sam = str(Path(sys.executable).with_name("sam"))
    cache = ("--cached", "--cache-dir", str(WORK / "cache"))
    run(sam, "build", "--template", str(template), "--build-dir", str(built), *cache)
    return Stack(name, handlers, dict.fromkeys(ACTIONS, built / "Function"), pages="app.pages")


def tap() -> Stack:
    """tap-calendly in a separate environment, because it needs another version of `requests`."""
    folder, environment = ROOT / "benchmarks" / "tap", WORK / "tap"
    python = str(environment / "bin" / "python")
    requirements = folder / "requirements.txt"
    ready = environment / "requirements.txt"
    if not (ready.exists() and ready.read_text() == requirements.read_text()):
        venv.create(environment, clear=True, with_pip=True)
        pip = (python, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--no-build-isolation")
        # The tap is a source distribution, built with the packages installed before it.
        wheels = WORK / "tap-wheels.txt"
        wheels.write_text(re.sub(r"^tap-calendly==.*\n(?: .*\n)*", "", requirements.read_text(), flags=re.MULTILINE))
        run(*pip, "-r", str(wheels))
        run(*pip, "-r", str(requirements))
        shutil.copy(requirements, ready)
    return Stack("tap-calendly", {}, {"list": folder}, pages="pages.pages", python=python)


def run(*command: str) -> None:
    """Run a build step. If it fails, exit with its output."""
    environment = {
        **os.environ,
        "SAM_CLI_TELEMETRY": "0",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
