"""The two doors of a stack: its HTTP API, signed, and its functions, invoked directly. And the local stack's."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import requests

from calendly_actions.catalog import Command
from calendly_actions.failures import PERMISSION, AwsError, CallFailedError, UsageError

SECONDS = 60
_NOBODY = {"aws_access_key_id": "local", "aws_secret_access_key": "local", "region_name": "us-east-1"}
"""Whom the local stack takes."""


class Options(NamedTuple):
    """What stack is meant, and how to reach it."""

    stack: str
    profile: str | None
    region: str | None
    direct: bool
    local: bool


class Stack:
    """A deployed stack, or the local one.

    Raises:
        AwsError: from every method, where AWS or the network refuses.
        CallFailedError: where an action or an endpoint does.
    """

    def __init__(self, options: Options) -> None:
        self._options = options

    def call(self, command: Command, input: dict[str, Any]) -> Any:
        """Call an action with its flat input; returns what it answers."""
        if self._options.direct:
            return self._invoke(command.function, input)
        given = dict(input)
        path = {name: _in_path(command, name, given) for name in command.in_path}
        target = re.sub(r"\{(\w+)\}", lambda match: quote(path[match[1]], safe=""), command.path)
        return self.request(command.method, target, given)

    def request(self, method: str, path: str, content: dict[str, Any] | None = None) -> Any:
        """Send a request to the HTTP API: ``content`` is the body of a POST or PATCH, the query of any other."""
        given = {name: value for name, value in (content or {}).items() if value is not None}
        in_body = method in ("POST", "PATCH")
        query = (
            "" if in_body or not given else "?" + urlencode({n: _text(v) for n, v in given.items()}, quote_via=quote)
        )
        body = json.dumps(given).encode() if in_body else None
        url = self.api + path + query
        headers = {"Accept": "application/json", **({"Content-Type": "application/json"} if in_body else {})}
        if not self._options.local:
            headers = self._aws.signed(method, url, headers, body)
        try:
            answer = requests.request(method, url, headers=headers, data=body, timeout=SECONDS)
        except requests.RequestException as error:
            raise AwsError(f"{self.api} cannot be reached ({type(error).__name__}).{self._hint()}") from None
        return _answer(answer)

    def output(self, name: str) -> str:
        """An output of the stack."""
        outputs = self._outputs
        if name not in outputs:
            raise AwsError(f"The stack {self._options.stack} has no output {name}. Deploy this version of it.")
        return outputs[name]

    def ask(self, service: str, operation: str, **how: Any) -> Any:
        """Ask an AWS service of the stack's account and region; of the local stack, where that is meant."""
        where = {"endpoint_url": _local("AWS_PORT", 4566), **_NOBODY} if self._options.local else {}
        return self._aws.ask(lambda: getattr(self._aws.client(service, **where), operation)(**how))

    def pages(self, service: str, operation: str, **how: Any) -> Iterator[Any]:
        """What an AWS service lists, page by page."""
        yield from self._aws.each(lambda: self._aws.client(service).get_paginator(operation).paginate(**how))

    @property
    def is_local(self) -> bool:
        return self._options.local

    @cached_property
    def api(self) -> str:
        """The address of the HTTP API, without a slash at the end."""
        return _local("API_PORT", 3000) if self._options.local else self.output("ApiUrl").rstrip("/")

    def _invoke(self, function: str, input: dict[str, Any]) -> Any:
        local, name = self._options.local, f"{self._options.stack}-{function}"
        where: dict[str, Any] = {"endpoint_url": _local("LAMBDA_PORT", 3001), **_NOBODY} if local else {}

        def send() -> tuple[Any, bool]:
            answer = self._aws.client("lambda", **where).invoke(
                FunctionName=function if local else name, Payload=json.dumps(input).encode()
            )
            return json.loads(answer["Payload"].read() or b"null"), "FunctionError" in answer

        payload, failed = self._aws.ask(send)
        if failed:
            raise CallFailedError(str(payload.get("errorType")), str(payload.get("errorMessage")))
        return payload

    @cached_property
    def _aws(self) -> Any:
        # boto3 takes longer to import than a call takes; the local stack's API and --help do without.
        from calendly_actions.aws import Account

        region = self._options.region
        return Account(
            self._options.profile, region or (_NOBODY["region_name"] if self._options.local else None), self._hint()
        )

    @cached_property
    def _outputs(self) -> dict[str, str]:
        stacks = self.ask("cloudformation", "describe_stacks", StackName=self._options.stack)["Stacks"]
        return {each["OutputKey"]: each["OutputValue"] for each in stacks[0].get("Outputs", ())}

    def _hint(self) -> str:
        if self._options.local:
            return " Is the local stack up? Start it with: make local"
        return " Name the stack with --stack, its region with --region and your credentials with --profile."


def _answer(answer: requests.Response) -> Any:
    try:
        document = answer.json()
    except ValueError:
        document = None
    if answer.ok and document is not None:
        return document
    if isinstance(document, dict) and "title" in document:
        raise CallFailedError(document["title"], document.get("detail", ""), more=document)
    said = document.get("message") or document.get("Message") if isinstance(document, dict) else None
    if answer.status_code == 403:
        raise CallFailedError(
            "Forbidden",
            f"AWS refuses the call: {said}. Your credentials need execute-api:Invoke on it.",
            code=PERMISSION,
        )
    raise CallFailedError(f"HTTP {answer.status_code}", str(said or answer.text[:200]))


def _in_path(command: Command, name: str, given: dict[str, Any]) -> str:
    """The value of a path parameter: as given, its default, or what another input's URI tells of it."""
    default = "default" if name == "account" else command.inputs.get(name, {}).get("default")
    value = given.pop(name, None) or default
    if value is None:
        kind = command.path.split(f"/{{{name}}}")[0].rsplit("/", 1)[-1]
        found = [re.search(rf"/{kind}/([^/?#]+)", str(other)) for other in given.values()]
        value = next((match[1] for match in found if match), None)
    if value is None:
        raise UsageError(f"{command.name} needs --{name.replace('_', '-')}.")
    return str(value).rstrip("/").rsplit("/", 1)[-1]


def _text(value: Any) -> str:
    """A value in a query; a list's entries go with commas between."""
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return value if isinstance(value, str) else json.dumps(value)


def _local(variable: str, port: int) -> str:
    return f"http://127.0.0.1:{os.environ.get(variable, port)}"
