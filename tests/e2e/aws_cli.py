"""Stands in for the AWS CLI, which is no part of the development environment: the same names, on boto3.

``python aws_cli.py events put-rule --name x``: an operation and its parameters are those that boto3 knows, and a
parameter that is no text is JSON.
"""

from __future__ import annotations

import json
import os
import sys

import boto3
from botocore import xform_name


def main(arguments: list[str]) -> None:
    """Call what the arguments name, and print the answer."""
    service, operation, *rest = arguments
    client = boto3.Session(region_name=os.environ["AWS_REGION"]).client(service)  # type: ignore[call-overload]
    method = operation.replace("-", "_")
    shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method]).input_shape
    members = {xform_name(name, "-"): (name, member.type_name) for name, member in shape.members.items()}
    given = {}
    for flag, value in zip(rest[::2], rest[1::2], strict=True):
        name, kind = members[flag.removeprefix("--")]
        given[name] = value if kind == "string" else json.loads(value)
    print(json.dumps(getattr(client, method)(**given), default=str))


if __name__ == "__main__":
    main(sys.argv[1:])
