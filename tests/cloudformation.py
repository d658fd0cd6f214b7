"""The values of template.yaml as CloudFormation makes them, for a stack of a given name and parameters."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.unit.test_architecture import TEMPLATE

REGION, ACCOUNT = "us-east-1", "123456789012"
_NOTHING = object()

_NAMED = {
    "AWS::Serverless::Function": "FunctionName",
    "AWS::Scheduler::ScheduleGroup": "Name",
    "AWS::Events::EventBus": "Name",
    "AWS::Logs::LogGroup": "LogGroupName",
}
"""The property that ``!Ref`` of a resource gives."""

_ARNS = {
    "AWS::SNS::Topic": ("sns", "", "TopicName"),
    "AWS::Serverless::StateMachine": ("states", "stateMachine:", "Name"),
}
"""Resources whose ``!Ref`` is their ARN: the service, the kind, and the property with the name."""


class Stack:
    """A stack of the template.

    Args:
        name: the stack's.
        **parameters: those that are not the template's defaults.
    """

    def __init__(self, name: str, **parameters: Any) -> None:
        defaults = {each: how.get("Default") for each, how in TEMPLATE["Parameters"].items()}
        pseudo = {"StackName": name, "Region": REGION, "AccountId": ACCOUNT, "Partition": "aws", "NoValue": _NOTHING}
        self._values = {**defaults, **parameters, **{f"AWS::{each}": value for each, value in pseudo.items()}}

    @property
    def resources(self) -> dict[str, dict[str, Any]]:
        """What is deployed, unresolved, by logical id."""
        found = TEMPLATE["Resources"].items()
        return {name: each for name, each in found if "Condition" not in each or self._holds(each["Condition"])}

    def of(self, kind: str) -> dict[str, dict[str, Any]]:
        """The properties of every resource of a type that is deployed, resolved, by logical id."""
        return {name: self.properties(name) for name, each in self.resources.items() if each["Type"] == kind}

    def properties(self, logical_id: str) -> dict[str, Any]:
        """A resource's properties, resolved."""
        found: dict[str, Any] = self.value(self.resources[logical_id]["Properties"])
        return found

    def value(self, node: Any) -> Any:
        """What a node of the template comes to."""
        if isinstance(node, list):
            return [value for value in map(self.value, node) if value is not _NOTHING]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((name, argument),) = node.items()
            if intrinsic := self._intrinsics.get(name):
                return intrinsic(argument)
        values = {name: self.value(each) for name, each in node.items()}
        return {name: value for name, value in values.items() if value is not _NOTHING}

    @property
    def _intrinsics(self) -> dict[str, Callable[[Any], Any]]:
        return {"Ref": self._ref, "Sub": self._sub, "If": self._if, "GetAtt": self._attribute}

    def _ref(self, name: str) -> Any:
        if name in self._values:
            return self._values[name]
        kind, properties = self.resources[name]["Type"], self.resources[name].get("Properties", {})
        if kind in _ARNS:
            service, sort, member = _ARNS[kind]
            return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{sort}{self.value(properties[member])}"
        # What has no name in the template gets one of the stack's name and its logical id.
        made = f"{self._values['AWS::StackName']}-{name}"
        return self.value(properties.get(_NAMED.get(kind, ""), made))

    def _sub(self, text: str) -> str:
        return re.sub(r"\$\{([\w:]+)\}", lambda match: str(self._ref(match[1])), text)

    def _if(self, argument: list[Any]) -> Any:
        condition, then, otherwise = argument
        return self.value(then if self._holds(condition) else otherwise)

    def _attribute(self, path: str) -> str:
        logical_id, _, attribute = path.partition(".")
        return str(self._ref(logical_id)) if attribute == "QueueName" else f"{self._ref(logical_id)}.{attribute}"

    def _holds(self, condition: str) -> bool:
        return self._test(TEMPLATE["Conditions"][condition])

    def _test(self, node: dict[str, Any]) -> bool:
        ((name, argument),) = node.items()
        if name == "Not":
            return not self._test(argument[0])
        assert name == "Equals", f"Teach {__name__} the condition function {name}."
        first, second = self.value(argument)
        return bool(first == second)
