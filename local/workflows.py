"""Creates the template's state machines and rules in moto; runs state machines."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from typing import Any

from local.resources import Aws
from local.sam import Template

ROLE = "arn:aws:iam::123456789012:role/local"
STATE_MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:local-"


def make_workflows(template: Template, aws: Aws) -> None:
    """Create every state machine of the template, and every rule."""
    machines = {
        logical_id: resource["Properties"]
        for logical_id, resource in template.resources.items()
        if resource["Type"] == "AWS::Serverless::StateMachine"
    }
    for logical_id, properties in machines.items():
        answer = aws.client("stepfunctions").create_state_machine(
            name=properties["Name"], definition=_definition(template, properties), roleArn=ROLE
        )
        for event, rule in properties.get("Events", {}).items():
            _make_rule(aws, f"{logical_id}{event}", rule["Properties"], answer["stateMachineArn"])
    for logical_id, resource in template.resources.items():
        if resource["Type"] == "AWS::Events::Rule":
            _make_own_rule(aws, logical_id, resource["Properties"])
        for event, rule in resource.get("Properties", {}).get("Events", {}).items():
            if resource["Type"] == "AWS::Serverless::Function" and rule["Type"] == "EventBridgeRule":
                _make_rule(aws, f"{logical_id}{event}", rule["Properties"], _function(template, logical_id))


@dataclass(frozen=True)
class Execution:
    """The result of an execution. ``output`` is parsed; ``history`` holds Step Functions' events."""

    status: str
    output: Any
    error: str | None
    cause: str | None
    history: list[dict[str, Any]]

    def errors(self) -> list[str]:
        """The names of the errors with which tasks failed, in order."""
        failed = (event.get("taskFailedEventDetails") for event in self.history)
        return [details["error"] for details in failed if details]

    def states(self) -> list[str]:
        """The names of the states that were entered, in order."""
        entered = (event.get("stateEnteredEventDetails") for event in self.history)
        return [details["name"] for details in entered if details]


def start(aws: Aws, workflow: str, input: Any, name: str | None = None) -> str:
    """Start a state machine by its name without the stack's (``on-booking``); returns the execution's ARN."""
    named = {"name": name} if name else {}
    answer = aws.client("stepfunctions").start_execution(
        stateMachineArn=STATE_MACHINE + workflow, input=json.dumps(input), **named
    )
    return str(answer["executionArn"])


def finish(aws: Aws, execution: str, seconds: float = 60) -> Execution:
    """Wait for an execution to end.

    Raises:
        TimeoutError: it is still running after ``seconds``.
    """
    client = aws.client("stepfunctions")
    end = time.monotonic() + seconds
    while (found := client.describe_execution(executionArn=execution))["status"] == "RUNNING":
        if time.monotonic() > end:
            raise TimeoutError(f"{execution} is still running after {seconds} s")
        time.sleep(0.05)
    history = client.get_execution_history(executionArn=execution)["events"]
    output = json.loads(found["output"]) if found.get("output") else None
    return Execution(found["status"], output, found.get("error"), found.get("cause"), history)


def run(aws: Aws, workflow: str, input: Any, *, seconds: float = 60) -> Execution:
    """Start a state machine and wait for it to end."""
    return finish(aws, start(aws, workflow, input), seconds)


def executions(aws: Aws, workflow: str) -> list[str]:
    """The ARNs of a state machine's executions."""
    answer = aws.client("stepfunctions").list_executions(stateMachineArn=STATE_MACHINE + workflow)
    return [execution["executionArn"] for execution in answer["executions"]]


def _definition(template: Template, properties: dict[str, Any]) -> str:
    """The definition with the template's substitutions."""
    text = (template.root / properties["DefinitionUri"]).read_text()
    values = {name: _value(template, value) for name, value in properties["DefinitionSubstitutions"].items()}
    return re.sub(r"\$\{(\w+)\}", lambda match: values[match[1]], text)


def _value(template: Template, value: Any) -> str:
    if isinstance(value, dict):
        logical_id, attribute = value["Fn::GetAtt"]
        if attribute != "Arn":
            raise ValueError(f"Only ARNs of functions are substituted locally, not {attribute} of {logical_id}.")
        return _function(template, logical_id)
    return str(value)


def _function(template: Template, logical_id: str) -> str:
    return f"arn:aws:lambda:us-east-1:123456789012:function:{template.function_name(logical_id)}"


def _make_rule(aws: Aws, name: str, properties: dict[str, Any], target: str) -> None:
    client = aws.client("events")
    bus = properties["EventBusName"]
    client.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps(properties["Pattern"]))
    client.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": "started", "Arn": target, "RoleArn": ROLE}])


def _make_own_rule(aws: Aws, name: str, properties: dict[str, Any]) -> None:
    """A rule on the default bus that is a resource by itself."""
    client = aws.client("events")
    client.put_rule(Name=name, EventPattern=json.dumps(properties["EventPattern"]))
    # Nothing fails here that a queue would have to keep.
    targets = [
        {member: value for member, value in target.items() if member != "DeadLetterConfig"}
        for target in properties["Targets"]
    ]
    client.put_targets(Rule=name, Targets=targets)
