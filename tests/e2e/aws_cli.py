"""Stands in for the AWS CLI, which is no part of the development environment: the same names, on boto3.

``python aws_cli.py events put-rule --name x``: an operation and its parameters are those that boto3 knows, and a
parameter that is no text is JSON. Of what the CLI adds, it knows ``lambda invoke``'s file and ``logs tail``.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from pathlib import Path
from typing import Any

import boto3
from botocore import xform_name

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def main(arguments: list[str]) -> None:
    """Call what the arguments name, and print the answer."""
    service, operation, *rest = arguments
    client = boto3.Session(region_name=os.environ["AWS_REGION"]).client(service)  # type: ignore[call-overload]
    words, flags = split(rest)
    if (service, operation) == ("logs", "tail"):
        tail(client, *words, **flags)
    else:
        answer = call(client, operation.replace("-", "_"), flags)
        for name in words:
            Path(name).write_bytes(answer.pop("Payload").read())
        print(json.dumps(answer, default=str))


def split(arguments: list[str]) -> tuple[list[str], dict[str, list[str]]]:
    """The words that belong to no flag, and the words of each flag. A word before the first flag, or at the end."""
    flags: dict[str, list[str]] = {}
    words, last = [], ""
    for argument in arguments:
        if argument.startswith("--"):
            last = argument.removeprefix("--")
            flags[last] = []
        elif last and (not flags[last] or last.endswith("names")):
            flags[last].append(argument)
        else:
            words.append(argument)
    return words, flags


def call(client: Any, method: str, flags: dict[str, list[str]]) -> Any:
    """Call an operation with the values of flags."""
    shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method]).input_shape
    members = {xform_name(name, "-"): (name, member) for name, member in shape.members.items()}
    # Payloads are given as they are.
    assert flags.pop("cli-binary-format", ["raw-in-base64-out"]) == ["raw-in-base64-out"]
    given = {}
    for flag, words in flags.items():
        name, member = members[flag]
        if member.type_name in ("string", "blob"):
            (given[name],) = words
        elif member.type_name == "list" and member.member.type_name == "string" and not words[0].startswith("["):
            given[name] = words
        else:
            (value,) = words
            given[name] = json.loads(value)
    return getattr(client, method)(**given)


def tail(client: Any, group: str, *, since: list[str]) -> None:
    """``aws logs tail GROUP --since 1h``: each line with its log stream in front of it."""
    number, unit = re.fullmatch(r"(\d+)([smhd])", since[0]).groups()  # type: ignore[union-attr]
    start = int((time.time() - int(number) * UNITS[unit]) * 1000)
    pages = client.get_paginator("filter_log_events")
    for page in pages.paginate(logGroupName=group, startTime=start):
        for event in page["events"]:
            print(event["timestamp"], event["logStreamName"], event["message"])


if __name__ == "__main__":
    main(sys.argv[1:])
