"""The agents' door in this process: MCP over real HTTP, and Lambda's Invoke API over the actions' own handlers."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
import requests

from accounts import aws
from generate.catalog import actions
from sandbox.server import serve
from tests.handlers import Handlers, handler_of
from tests.unit.test_doors import Context

STACK = "test"
CALLER = "arn:aws:sts::123456789012:assumed-role/assistant/session"
MODERN = "2026-07-28"
META = {"io.modelcontextprotocol/protocolVersion": MODERN, "io.modelcontextprotocol/clientCapabilities": {}}
_NAMES = {action.logical_id: action.name for action in actions()}


class FakeLambda:
    """Lambda's Invoke API: an action by its function's name, with the client context.

    Attributes:
        before: called with an action's name; what it raises is what Lambda's client raises.
        invoked: the names of the actions that were invoked, and with what.
    """

    def __init__(self) -> None:
        self.before: Callable[[str], Any] = lambda _: None
        self.invoked: list[tuple[str, dict[str, Any]]] = []

    def invoke(self, **wanted: Any) -> dict[str, Any]:
        name = _NAMES[wanted["FunctionName"].removeprefix(f"{STACK}-")]
        payload = json.loads(wanted["Payload"])
        self.invoked.append((name, payload))
        instead = self.before(name)
        if instead is not None:
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(json.dumps(instead).encode())}
        answer = handler_of(name)(payload, context(**json.loads(base64.b64decode(wanted["ClientContext"]))))
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


class Door:
    """MCP as API Gateway serves it.

    Attributes:
        url: the address of the account ``default``.
        lambda_: what runs the actions.
    """

    def __init__(self, url: str, lambda_: FakeLambda) -> None:
        self.url = url
        self.lambda_ = lambda_
        self._sqs = boto3.client("sqs")
        self._queue = self._sqs.create_queue(QueueName="told")["QueueUrl"]
        arn = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])["Attributes"]
        events = boto3.client("events")
        events.create_event_bus(Name=STACK)
        events.put_rule(Name="told", EventBusName=STACK, EventPattern='{"source": ["calendly-actions"]}')
        events.put_targets(Rule="told", EventBusName=STACK, Targets=[{"Id": "told", "Arn": arn["QueueArn"]}])

    def call(self, tool: str, tools: str = "all", **arguments: Any) -> Any:
        """The result of ``tools/call``."""
        params = {"name": tool, "arguments": arguments, "_meta": META}
        headers = {"MCP-Protocol-Version": MODERN, "Mcp-Method": "tools/call", "Mcp-Name": tool}
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        answer = requests.post(f"{self.url}/{tools}", json=body, headers=headers, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]

    def document(self, tool: str, **arguments: Any) -> Any:
        """What a tool answers, parsed."""
        result = self.call(tool, **arguments)
        assert not result["isError"], result
        return json.loads(result["content"][0]["text"])

    def told(self) -> list[Any]:
        """The events that came onto the bus and were not read yet."""
        messages = self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10).get("Messages", ())
        for message in messages:
            self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in messages]


def context(seconds: float = 29, **client: Any) -> Any:
    """A Lambda context with a client context."""
    made = Context(seconds=seconds)
    made.client_context = SimpleNamespace(**client)  # type: ignore[attr-defined]
    return made


@contextmanager
def door(_handlers: Handlers) -> Iterator[Door]:
    """The door, for as long as it lasts."""
    lambda_, real = FakeLambda(), aws.client

    def client(service: str, **how: Any) -> Any:
        return lambda_ if service == "lambda" else real(service, **how)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aws, "client", client)
        server = serve(_gateway, 0)
        yield Door(f"http://127.0.0.1:{server.server_port}/accounts/default/mcp", lambda_)
        server.shutdown()
        server.server_close()


def _gateway(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """What API Gateway makes of a request, and of the function's answer."""
    _, _, account, _, *tools = environ["PATH_INFO"].split("/")
    headers = {name[5:].replace("_", "-").title(): text for name, text in environ.items() if name.startswith("HTTP_")}
    event = {
        "httpMethod": environ["REQUEST_METHOD"],
        "headers": headers,
        "pathParameters": {"account": account, **({"tools": tools[0]} if tools else {})},
        "requestContext": {"requestId": "gateway-request", "identity": {"userArn": CALLER}},
        "body": environ["wsgi.input"].read().decode(),
    }
    answer = handler_of("answer_mcp")(event, context())
    start_response(f"{answer['statusCode']} Answer", list(answer["headers"].items()))
    return [answer["body"].encode()]
