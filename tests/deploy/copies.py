"""What the emulator cannot do of a built template: it is left out of the copy that is deployed, or said otherwise."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from samcli.yamlhelper import yaml_dump, yaml_parse

UNKNOWN_TYPES = ("AWS::Logs::QueryDefinition", "AWS::BedrockAgentCore::")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def copy_for_emulator(source: Path, target: Path) -> list[str]:
    """Write the copy next to the built template; returns a line for each difference, with its reason."""
    template = yaml_parse(source.read_text())
    said = _take_out(template) + _say_otherwise(template)
    target.write_text(yaml_dump(template))
    return said


def _take_out(template: dict[str, Any]) -> list[str]:
    """Remove resources that the emulator refuses, and the outputs that refer to them."""
    said = []
    for name, resource in list(template["Resources"].items()):
        if resource["Type"].startswith(UNKNOWN_TYPES):
            reason = f"the emulator does not know {resource['Type']}"
        elif resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource["Properties"]:
            reason = "the emulator has no metric math in alarms"
        else:
            continue
        del template["Resources"][name]
        said.append(f"without {name}: {reason}")
        for output in [key for key, each in template.get("Outputs", {}).items() if f'"{name}"' in json.dumps(each)]:
            del template["Outputs"][output]
    return said


def _say_otherwise(template: dict[str, Any]) -> list[str]:
    """Replace what the emulator understands differently. What a condition narrows is checked as text instead."""
    resources = template["Resources"]
    secrets = {name for name, each in resources.items() if each["Type"] == "AWS::SecretsManager::Secret"}
    said: dict[str, int] = {}

    def change(node: dict[str, Any]) -> dict[str, Any]:
        reason = ""
        if node.get("Ref") in secrets:
            node = {"Fn::GetAtt": [node["Ref"], "Id"]}
            reason = "!Ref of a secret is !GetAtt Id: the emulator's Ref gives the name, and not the ARN"
        elif "kms:EncryptionContext" in str(node.get("Condition")):
            node = {name: value for name, value in node.items() if name != "Condition"}
            reason = "no condition on kms:EncryptionContext, which the emulator's IAM does not know"
        elif "KMS_KEY_ID" in node:
            node = {**node, "KMS_KEY_ID": resources["KeyAlias"]["Properties"]["TargetKeyId"]}
            reason = "KMS_KEY_ID is the key's ARN: the emulator's IAM does not follow aliases"
        elif "aws:SecureTransport" in str(node.get("Statement")):
            stays = [each for each in node["Statement"] if "aws:SecureTransport" not in str(each.get("Condition"))]
            node = {**node, "Statement": stays}
            reason = "nothing is denied without TLS: the emulator speaks HTTP"
        elif any(each.get("Properties", {}).get("Method") == "ANY" for each in _dicts(node)):
            node = {
                f"{name}{method.title()}": {**each, "Properties": {**each["Properties"], "Method": method}}
                for name, each in node.items()
                for method in METHODS
            }
            reason = "Method ANY is each method: the emulator leaves ANY out of the API"
        if reason:
            said[reason] = said.get(reason, 0) + 1
        return node

    template["Resources"] = _walk(resources, change)
    return [f"{reason} ({count} times)" for reason, count in said.items()]


def _dicts(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in node.values() if isinstance(each, dict)]


def _walk(node: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    if isinstance(node, dict):
        return change({key: _walk(value, change) for key, value in node.items()})
    return [_walk(each, change) for each in node] if isinstance(node, list) else node
