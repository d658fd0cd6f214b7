"""The adapter to SAM CLI's internals, which read the template and serve its routes and the Invoke API.

They are private to aws-sam-cli, whose version is pinned. Only this module imports them. It replaces one thing: a
function runs in a process instead of a container.
"""

from __future__ import annotations

import base64
import io
import json
import re
import uuid
from collections.abc import Collection
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import unquote, urlsplit

import yaml
from flask import has_request_context, request
from samcli.commands._utils.template import get_template_data
from samcli.commands.local.lib.local_lambda import LocalLambdaRunner
from samcli.lib.intrinsic_resolver.intrinsic_property_resolver import IntrinsicResolver
from samcli.lib.intrinsic_resolver.intrinsics_symbol_table import IntrinsicsSymbolTable
from samcli.lib.providers.api_provider import ApiProvider
from samcli.lib.providers.sam_function_provider import SamFunctionProvider
from samcli.lib.providers.sam_stack_provider import SamLocalStackProvider
from samcli.local.apigw.local_apigw_service import LocalApigwService
from samcli.local.lambda_service.local_lambda_http_service import LocalLambdaHttpService

from local.functions import FunctionPool, FunctionSpec
from local.ports import HOST
from local.schedule import Schedule


class ProcessRuntime:
    """Replaces SAM CLI's Docker runtime."""

    def __init__(self, pool: FunctionPool, environment: dict[str, str]) -> None:
        self._pool = pool
        self._environment = environment

    def invoke(
        self, config: Any, event: str, _tenant_id: Any = None, *, stdout: Any, **_: Any
    ) -> dict[str, str] | None:
        event = _own_request_id(event)
        # Only the template sets variables. Variables of the same name in the shell are ignored.
        config.env_vars.shell_env_values = {}
        spec = FunctionSpec(
            name=config.name,
            handler=config.handler,
            code=Path(config.code_abs_path),
            layers=tuple(Path(layer.codeuri) for layer in config.layers),
            # It signs with its name, so that what its role allows can be told.
            environment={**config.env_vars.resolve(), **self._environment, "AWS_ACCESS_KEY_ID": config.name},
            timeout=config.timeout,
        )
        answer, failed = self._pool.invoke(spec, event.encode(), _client_context())
        stdout.write_str(answer.decode())
        return {"x-amz-function-error": "Unhandled"} if failed else None


def resolved(path: Path, parameters: dict[str, str], types: Collection[str]) -> dict[str, tuple[str, dict[str, Any]]]:
    """The type and the properties of a template's resources of some types, by logical id.

    Reading these alone takes a small part of the time that ``Template`` takes. What needs a parameter's default is left
    as it is written.
    """
    with patch.object(yaml, "SafeLoader", yaml.CSafeLoader):
        template = get_template_data(str(path))
    resolver = _resolver(template, parameters)
    return {
        logical_id: (
            each["Type"],
            resolver.intrinsic_property_resolver(each.get("Properties", {}), ignore_errors=True),
        )
        for logical_id, each in template["Resources"].items()
        if each["Type"] in types
    }


class Template:
    """``template.yaml`` with its intrinsics resolved, as ``sam local`` sees it."""

    def __init__(self, path: Path, parameters: dict[str, str]) -> None:
        self._root = path.parent
        # SAM CLI's loader is the one in Python, which takes two seconds for this template.
        with patch.object(yaml, "SafeLoader", yaml.CSafeLoader):
            self._stacks, _ = SamLocalStackProvider.get_stacks(template_file=str(path), parameter_overrides=parameters)
        _leave_out_what_is_not_deployed(self._stacks[0])

    @cached_property
    def _functions(self) -> SamFunctionProvider:
        return SamFunctionProvider(self._stacks, ignore_code_extraction_warnings=True)

    @property
    def resources(self) -> dict[str, Any]:
        found: dict[str, Any] = self._stacks[0].resources
        return found

    @property
    def root(self) -> Path:
        """The folder that its paths are relative to."""
        return self._root

    def function_name(self, logical_id: str) -> str:
        """The function name for a logical id."""
        return str(self._functions.get(logical_id).functionname)

    def schedules(self) -> list[Schedule]:
        """The schedules of all functions."""
        return [
            Schedule(function.name, event["Properties"]["ScheduleExpression"], event["Properties"]["Input"])
            for function in self._functions.get_all()
            for event in (function.events or {}).values()
            if event["Type"] == "ScheduleV2"
        ]

    def applications(
        self, pool: FunctionPool, environment: dict[str, str], *, api_port: int, lambda_port: int
    ) -> tuple[Any, Any]:
        """Two WSGI applications: API Gateway with the template's routes, and Lambda's Invoke API."""
        root = str(self._root)
        runner = LocalLambdaRunner(ProcessRuntime(pool, environment), self._functions, cwd=root, real_path=root)
        gateway = LocalApigwService(ApiProvider(self._stacks, cwd=root).api, runner, port=api_port, host=HOST)
        gateway.create()
        invoke = LocalLambdaHttpService(runner, port=lambda_port, host=HOST)
        invoke.create()
        return AsApiGateway(gateway._app), invoke._app


def _leave_out_what_is_not_deployed(stack: Any) -> None:
    """Take out the resources whose condition does not hold: SAM CLI serves them all."""
    resolver = _resolver(stack.template_dict, stack.parameters)
    holds = {
        name: resolver.intrinsic_property_resolver(condition, ignore_errors=False)
        for name, condition in stack.template_dict.get("Conditions", {}).items()
    }
    resources = stack.template_dict["Resources"]
    for logical_id in [name for name, each in resources.items() if not holds.get(each.get("Condition"), True)]:
        del resources[logical_id]


def _resolver(template: dict[str, Any], parameters: dict[str, str]) -> Any:
    symbols = IntrinsicsSymbolTable(template=template, logical_id_translator=parameters)
    return IntrinsicResolver(template=template, symbol_resolver=symbols)


class AsApiGateway:
    """Adds what API Gateway does before routing, and SAM CLI's emulation does not.

    An encoded slash does not end a path segment, and a body that is not UTF-8 gets replacement characters.
    """

    def __init__(self, app: Any) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        raw = urlsplit(environ.get("RAW_URI", "")).path
        if "%2f" in raw.lower():
            environ["PATH_INFO"] = unquote(re.sub("%2f", "%252F", raw, flags=re.IGNORECASE))
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if length:
            body = environ["wsgi.input"].read(length).decode(errors="replace").encode()
            environ.update({"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))})
        return self._app(environ, start_response)


def _client_context() -> str:
    """What a caller of Lambda's Invoke API says of its client, which SAM CLI does not hand on."""
    if not has_request_context() or not request.path.endswith("/invocations"):
        return ""
    return base64.b64decode(request.headers.get("X-Amz-Client-Context", "")).decode()


def _own_request_id(event: str) -> str:
    """Give each request a unique id, as API Gateway does. SAM CLI gives all the same."""
    if '"requestContext"' not in event:
        return event
    document = json.loads(event)
    if isinstance(document, dict) and isinstance(document.get("requestContext"), dict):
        document["requestContext"]["requestId"] = str(uuid.uuid4())
    return json.dumps(document)
