"""The local stack: everything that the template deploys, in one process and its children."""

from __future__ import annotations

import compileall
import gc
import json
import logging
import os
import runpy
import secrets
import shutil
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from werkzeug.serving import BaseWSGIServer

from local.ports import HOST, Ports
from local.root import ROOT

# SAM CLI and moto read these when they are imported: no telemetry, and dummy credentials.
os.environ.update(
    SAM_CLI_TELEMETRY="0",
    AWS_ACCESS_KEY_ID="local",
    AWS_SECRET_ACCESS_KEY="local",  # noqa: S106 - a dummy
    AWS_DEFAULT_REGION="us-east-1",
    AWS_EC2_METADATA_DISABLED="true",
)
for _variable in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
    os.environ.pop(_variable, None)

from local.functions import FunctionPool  # noqa: E402
from local.journal import Journal  # noqa: E402
from local.kept import Kept  # noqa: E402
from local.permissions import Roles, refuse_what_roles_do_not_allow  # noqa: E402
from local.resources import Aws, found_by_name, make_resources, references  # noqa: E402
from local.sam import Template  # noqa: E402
from local.schedule import Scheduler  # noqa: E402
from local.watching import watch_api, watch_aws, watch_changes, watch_lambda, watch_workflows  # noqa: E402
from local.web.app import Pages  # noqa: E402
from local.web.guard import OwnPagesOnly  # noqa: E402
from local.workflows import make_workflows  # noqa: E402
from sandbox.app import CalendlySandbox  # noqa: E402
from sandbox.server import serve  # noqa: E402
from sandbox.world import App  # noqa: E402


class LocalStack:
    """A context manager that starts the stack, and stops it with every process it started.

    Args:
        ports: where to listen.
        logs: the folder for the functions' logs, one file each; a folder for this run if left out.
        state: the folder that keeps accounts, table, bucket and the sandbox's world from run to run.
        real: whether the functions talk to Calendly itself, and not to the sandbox.
        tell: called with a line for each thing that happens.
        wrap: a WSGI middleware for ``aws`` or ``calendly``, to observe requests.
        actions: the template's parameter ``Actions``: ``all``, or ``read`` for those that change nothing.

    Attributes:
        journal: what happened.
        sandbox: the sandbox's application, after the start.
        pool: the functions' processes, after the start.
        servers: what listens, by port, after the start. To take a part down, stop its server.
    """

    def __init__(
        self,
        ports: Ports,
        *,
        logs: Path | None = None,
        state: Path | None = None,
        real: bool = False,
        tell: Callable[[str], None] | None = None,
        wrap: dict[str, Any] | None = None,
        actions: str = "all",
    ) -> None:
        self.ports = ports
        self.logs = logs or run_folder(ROOT / ".local" / "logs")
        self.journal = Journal(tell)
        self._state = state
        self._real = real
        self.api_url = ports.url(ports.api)
        self.lambda_url = ports.url(ports.lambda_)
        self.aws_url = ports.url(ports.aws)
        self.calendly_url = ports.url(ports.calendly)
        self.aws = Aws(self.aws_url, self.lambda_url)
        self._wrap = wrap or {}
        self._kept: Kept | None = None
        self._actions = actions
        self._closing = ExitStack()
        self.servers: dict[int, BaseWSGIServer] = {}

    def __enter__(self) -> LocalStack:
        self.ports.check()
        if self._state:
            self._kept = Kept.open(self._state, self.ports)
        self.logs.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in ("samcli", "werkzeug", "moto", "botocore"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            self._start()
        except BaseException:
            self._closing.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    def invoke(self, function: str, payload: Any) -> Any:
        """Invoke a function directly; returns ``boto3``'s answer with the payload parsed."""
        answer = self.aws.client("lambda").invoke(FunctionName=function, Payload=json.dumps(payload).encode())
        answer["Payload"] = json.loads(answer["Payload"].read() or b"null")
        return answer

    def _start(self) -> None:
        sandbox = {"CalendlyApiUrl": self.calendly_url, "CalendlyAuthUrl": self.calendly_url}
        parameters = {
            "PublicUrl": self.api_url,
            "Actions": self._actions,
            # A stack that only reads asks for what it needs by itself.
            "ConnectScopes": _every_scope() if self._actions == "all" else "",
            **({} if self._real else sandbox),
        }
        path = ROOT / "template.yaml"
        # SAM CLI resolves a reference to a resource to its logical id, unless a value is passed in.
        named = found_by_name(path, parameters)
        template = Template(path, {**parameters, **references(named)})
        aws = refuse_what_roles_do_not_allow(self._moto(), Roles(template))
        self._serve(watch_aws(self._wrapped("aws", aws), self.journal, self._changed), self.ports.aws)
        app = App("local-stack", secrets.token_urlsafe(32), (f"{self.api_url}/oauth/callback",))
        self.sandbox = CalendlySandbox(self.calendly_url, apps=[app])
        self._closing.callback(self.sandbox.world.deliveries.close)
        self._serve(watch_changes(self._wrapped("calendly", self.sandbox), self._changed), self.ports.calendly)
        make_resources(named, self.aws)
        make_workflows(template, self.aws)
        self._store_oauth_app(app)
        if self._kept:
            self._kept.restore(self.aws, self.sandbox.world)
            self._closing.callback(self._kept.close)
        # Functions do not write bytecode, so the layer is compiled once. Otherwise it would dominate every cold start.
        compileall.compile_dir(ROOT / "layers" / "calendly", quiet=2)
        self.pool = FunctionPool(self.logs)
        self._closing.callback(self.pool.close)
        gateway, invoke = template.applications(
            self.pool, self._environment(), api_port=self.ports.api, lambda_port=self.ports.lambda_
        )
        self._serve(Pages(self, watch_api(gateway, self.journal)), self.ports.api)
        self._serve(watch_lambda(invoke, self.journal), self.ports.lambda_)
        scheduler = Scheduler(
            template.schedules(), lambda schedule: self.invoke(schedule.function, json.loads(schedule.input))
        )
        self._closing.callback(scheduler.stop)
        # The objects of SAM CLI and moto live as long as the process. Freezing them keeps garbage collection short.
        gc.freeze()
        self._closing.callback(gc.unfreeze)

    def _wrapped(self, part: str, app: Any) -> Any:
        return self._wrap[part](app) if part in self._wrap else app

    def _serve(self, app: Any, port: int) -> None:
        server = self.servers[port] = serve(OwnPagesOnly(app), port)
        self._closing.callback(server.server_close)
        self._closing.callback(server.shutdown)

    def _changed(self) -> None:
        if self._kept:
            self._kept.changed()

    def _environment(self) -> dict[str, str]:
        """Variables that functions only need locally: the addresses of AWS."""
        return {
            "AWS_ENDPOINT_URL": self.aws_url,
            "AWS_ENDPOINT_URL_LAMBDA": self.lambda_url,
            "AWS_SECRET_ACCESS_KEY": "local",
            "NO_PROXY": HOST,
        }

    def _store_oauth_app(self, app: App) -> None:
        """Store the OAuth application's credentials, as the operator does once after a deployment."""
        self.aws.client("secretsmanager").put_secret_value(
            SecretId="local/oauth-app",
            SecretString=json.dumps(
                {
                    "client_id": app.client_id,
                    "client_secret": app.client_secret,
                    "webhook_signing_key": app.webhook_signing_key,
                }
            ),
        )

    def _moto(self) -> Any:
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

        from local.moto_fixes import apply, atomic, run_state_machines

        apply()
        run_state_machines(self.aws, lambda execution: watch_workflows(execution, self.aws, self.journal))
        return atomic(DomainDispatcherApplication(create_backend_app))


def run_folder(logs: Path, keep: int = 20) -> Path:
    """A folder for the logs of this run. Those of the latest runs stay, older ones go."""
    for old in sorted(logs.glob("run-*"))[:-keep]:
        shutil.rmtree(old, ignore_errors=True)
    return logs / f"run-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"


def _every_scope() -> str:
    """What all actions need together, with the scope that a connect does not ask for by itself."""
    scopes = runpy.run_path(str(ROOT / "functions" / "accounts" / "_action_scopes.py"))
    return " ".join(sorted({*scopes["READING"], *scopes["WRITING"]}))
