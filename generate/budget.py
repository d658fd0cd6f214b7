"""How much of CloudFormation's and API Gateway's limits the stack uses. ``python -m generate.budget`` prints it."""

from __future__ import annotations

import json
import logging
import os
import sys
from pathlib import Path
from typing import Any, NamedTuple

from samcli.yamlhelper import yaml_parse
from samtranslator.translator.managed_policy_translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform as translate

RESOURCES = 400
"""Of CloudFormation's 500."""

TEMPLATE_BYTES = 500_000
"""After the transform. CloudFormation accepts 1 MB from S3."""

API_RESOURCES = 250
"""Of API Gateway's 300. Every path segment is a resource."""

STACK_NAME = 25
"""Characters of a stack's name: what the longest planned action leaves of Lambda's 64."""

FUNCTION_NAME = 64


class Budget(NamedTuple):
    """What the stack uses of each limit."""

    resources: int
    template_bytes: int
    api_resources: int


def transform(template: Path) -> dict[str, Any]:
    """The template as CloudFormation receives it, with SAM's resources transformed into plain ones."""
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    logging.getLogger("samtranslator").setLevel(logging.CRITICAL)
    document = yaml_parse(template.read_text())
    for resource in document["Resources"].values():
        properties = resource.get("Properties", {})
        for name in ("CodeUri", "ContentUri", "DefinitionUri"):
            if name in properties:
                properties[name] = "s3://bucket/key"
    found: dict[str, Any] = translate(document, {}, _NoPolicies())
    return found


def measure(transformed: dict[str, Any]) -> Budget:
    """Count the resources, bytes and API resources of the transformed template."""
    paths = transformed["Resources"]["Api"]["Properties"]["Body"]["paths"]
    segments = {tuple(path.split("/")[1 : end + 1]) for path in paths for end in range(1, path.count("/") + 1)}
    return Budget(len(transformed["Resources"]), len(json.dumps(transformed, separators=(",", ":"))), len(segments))


def longest_stack_name(template: Path) -> int:
    """How many characters a stack's name may have, given the longest function name."""
    resources = yaml_parse(template.read_text())["Resources"].values()
    functions = [
        each["Properties"]["FunctionName"] for each in resources if each["Type"] == "AWS::Serverless::Function"
    ]
    longest = max(len(name["Fn::Sub"].replace("${AWS::StackName}", "")) for name in functions)
    return FUNCTION_NAME - longest


class _NoPolicies(ManagedPolicyLoader):  # type: ignore[misc]
    """No managed policies: the template names each by its ARN, so IAM need not be asked."""

    def __init__(self) -> None:
        self._policy_map: dict[str, str] = {}
        self.max_items = 0

    def load(self) -> dict[str, str]:
        return {}


def main() -> None:
    """Print the table. With a path as argument, also write the transformed template to it."""
    template = Path("template.yaml")
    transformed = transform(template)
    used = measure(transformed)
    print(f"resources      {used.resources:>7} of {RESOURCES}")
    print(f"template bytes {used.template_bytes:>7} of {TEMPLATE_BYTES}")
    print(f"API resources  {used.api_resources:>7} of {API_RESOURCES}")
    print(f"stack's name   {STACK_NAME:>7} of {longest_stack_name(template)} characters that fit")
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(json.dumps(transformed, indent=1))


if __name__ == "__main__":
    main()
