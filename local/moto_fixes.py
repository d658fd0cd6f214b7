"""Patches for moto where it differs from AWS in something that this product uses, and for one thing that takes long."""

from __future__ import annotations

import copy
import functools
import json
import threading
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.resources import Aws

App = Callable[..., Iterable[bytes]]


def apply() -> None:
    """What every use of moto needs. Safe to call more than once per process."""
    _current_is_what_is_read()
    _items_are_read_as_they_are()


def _current_is_what_is_read() -> None:
    """Make moving AWSCURRENT also change the version that a read without a version returns, as in AWS."""
    from moto.secretsmanager.models import SecretsManagerBackend

    original = SecretsManagerBackend.update_secret_version_stage
    if hasattr(original, "mended"):
        return

    @_mended
    def update_secret_version_stage(
        self: Any, secret_id: str, version_stage: str, remove_from_version_id: str, move_to_version_id: str
    ) -> Any:
        answer = original(self, secret_id, version_stage, remove_from_version_id, move_to_version_id)
        if version_stage == "AWSCURRENT" and move_to_version_id:
            self.secrets[secret_id].default_version_id = move_to_version_id
        return answer

    SecretsManagerBackend.update_secret_version_stage = update_secret_version_stage


def _items_are_read_as_they_are() -> None:
    """Look up an attribute's value under its type alone.

    moto tries twenty spellings of each of the ten types, for each attribute of each item that it answers. This took a
    fifth of the time of the tests with a table.
    """
    from moto.core.serialize import ResponseSerializer

    original = ResponseSerializer.get_value
    if hasattr(original, "mended"):
        return

    @_mended
    def get_value(self: Any, value: Any, key: str, shape: Any) -> Any:
        parent = getattr(shape, "parent", None)
        if isinstance(value, dict) and parent is not None and parent.name == "AttributeValue":
            return value.get(key)
        return original(self, value, key, shape)

    ResponseSerializer.get_value = get_value


def run_state_machines(aws: Aws, started: Callable[[str], None]) -> None:
    """moto has an interpreter of state machines: switch it on, give it JSONata, and this stack's services to call.

    Args:
        aws: the stack's services.
        started: called with the ARN of each execution that starts.
    """
    import jsonata
    import moto.stepfunctions.parser.asl.component.intrinsic.jsonata as declarations
    import moto.stepfunctions.parser.asl.jsonata.jsonata as evaluator
    from botocore.config import Config
    from moto.core.config import default_user_config
    from moto.stepfunctions.parser.asl.utils import boto_client

    default_user_config["stepfunctions"] = {"execute_state_machine": True}

    def evaluate(expression: str) -> Any:
        compiled = jsonata.Jsonata(expression)
        # Functions that Step Functions adds to JSONata.
        compiled.register_lambda("parse", json.loads)
        compiled.register_lambda("uuid", lambda: str(uuid.uuid4()))
        return compiled.evaluate(None)

    evaluator._eval_jsonata = evaluate
    for ours in ("$parse", "$uuid"):
        # moto declares its own: one reads JSON as JSONata, and one says that there is none.
        declarations._DECLARATION_BY_VARIABLE_REFERENCE.pop(ours, None)

    @functools.cache
    def client(service: str) -> Any:
        # Step Functions retries only what a state machine says.
        config = Config(parameter_validation=False, retries={"total_max_attempts": 1}, read_timeout=900)
        return aws.client(service, config)

    clients[0] = client
    watchers[0] = started
    if not hasattr(boto_client.boto_client_for, "mended"):
        # Before the interpreter is imported, because it imports the function by name.
        boto_client.boto_client_for = _mended(lambda _region=None, service="", **_: clients[0](service))
    _executions_are_named()
    _task_tokens_work_once()
    _rules_reach_every_target()


def atomic(app: App) -> App:
    """Middleware: a conditional write is one step, as in AWS. moto checks the condition, and then writes."""
    lock = threading.Lock()

    def served(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        target = environ.get("HTTP_X_AMZ_TARGET", "")
        is_form = environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded")
        # S3 names no target.
        if target.startswith(("DynamoDB", "secretsmanager")) or not (target or is_form):
            with lock:
                return list(app(environ, start_response))
        return app(environ, start_response)

    return served


def _executions_are_named() -> None:
    """Give an execution without a name a unique name."""
    from moto.stepfunctions.parser.models import StepFunctionsParserBackend

    original = StepFunctionsParserBackend.start_execution
    if hasattr(original, "mended"):
        return

    @_mended
    def start_execution(self: Any, state_machine_arn: str, name: str | None = None, *more: Any, **how: Any) -> Any:
        execution = original(self, state_machine_arn, name or str(uuid.uuid4()), *more, **how)
        watchers[0](execution.exec_arn)
        return execution

    StepFunctionsParserBackend.start_execution = start_execution


def _task_tokens_work_once() -> None:
    """Refuse a task token that was used, or whose task is over, as AWS does. moto takes it and drops the output."""
    from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackConsumerTimeout, CallbackEndpoint

    original = CallbackEndpoint.interrupt_all
    if hasattr(original, "mended"):
        return

    @_mended
    def interrupt_all(self: Any) -> None:
        original(self)
        self.report(CallbackConsumerTimeout())

    CallbackEndpoint.interrupt_all = interrupt_all
    notify = CallbackEndpoint.notify

    def notify_once(self: Any, outcome: Any) -> None:
        self.report(CallbackConsumerTimeout())
        notify(self, outcome)

    CallbackEndpoint.notify = notify_once


def _rules_reach_every_target() -> None:
    """Make rules start what they name and tell topics, and stop when they are disabled. moto's know neither."""
    from moto.events.models import Rule

    original = Rule.send_to_targets
    if hasattr(original, "mended"):
        return

    @_mended
    def send_to_targets(self: Any, event: Any, transform_input: bool = True) -> None:
        if self.state != "ENABLED":
            return
        if self.event_pattern.matches_event(event):
            for target in self.targets:
                if reach := _reach(target):
                    reach({**event, "time": _time(event)})
        others = copy.copy(self)
        others.targets = [target for target in self.targets if not _reach(target)]
        original(others, event, transform_input)

    Rule.send_to_targets = send_to_targets


def _reach(target: dict[str, Any]) -> Callable[[dict[str, Any]], None] | None:
    """How to give an event to a target that moto does not know."""
    how = {"states": _start, "lambda": _call, "sns": _tell}.get(target["Arn"].split(":")[2])
    return functools.partial(how, target) if how else None


def _time(event: dict[str, Any]) -> str:
    return datetime.fromtimestamp(float(event["time"]), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _tell(target: dict[str, Any], event: dict[str, Any]) -> None:
    """Publish an event to a topic, as the rule's input transformer writes it."""
    transformer = target.get("InputTransformer", {})
    message = transformer.get("InputTemplate") or json.dumps(event)
    for name, path in transformer.get("InputPathsMap", {}).items():
        value: Any = event
        for member in path.removeprefix("$.").split("."):
            value = value.get(member) if isinstance(value, dict) else None
        message = message.replace(f"<{name}>", value if isinstance(value, str) else json.dumps(value))
    clients[0]("sns").publish(TopicArn=target["Arn"], Message=message)


def _call(target: dict[str, Any], event: dict[str, Any]) -> None:
    """Call a function as Lambda does for a rule: nobody waits for its answer, and it has three tries."""

    def tries() -> None:
        # Where the stack stops meanwhile, there is nobody to answer.
        with suppress(BotoCoreError, ClientError):
            for _ in range(3):
                answer = clients[0]("lambda").invoke(FunctionName=target["Arn"], Payload=json.dumps(event).encode())
                if "FunctionError" not in answer:
                    break

    threading.Thread(target=tries, daemon=True).start()


def _start(target: dict[str, Any], event: dict[str, Any]) -> None:
    from moto.stepfunctions.parser.models import stepfunctions_parser_backends

    state_machine = target["Arn"]
    _, _, _, region, account, *_ = state_machine.split(":")
    backend = stepfunctions_parser_backends[account][region]
    backend.start_execution(state_machine, f"{event['id']}_{uuid.uuid4()}", json.dumps(event))


clients: list[Any] = [None]
"""How the interpreter creates clients. It is imported once per process, and stacks may run one after another."""

watchers: list[Callable[[str], None]] = [lambda _: None]
"""Who is told of executions that start; of the latest stack, as above."""


def _mended(function: Any) -> Any:
    function.mended = True
    return function
