"""Refuses what a function's role does not allow, as far as that can be told here: its actions, and the table's keys.

A function signs with its own name as the access key. Services with a JSON protocol are checked, and neither resources
nor other conditions are.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import Any

from local.sam import Template

App = Callable[..., Any]

_SERVICES = {
    "DynamoDB": "dynamodb",
    "secretsmanager": "secretsmanager",
    "TrentService": "kms",
    "AmazonSSM": "ssm",
    "AWSEvents": "events",
}
"""IAM's name of a service, by how ``X-Amz-Target`` begins."""


class Roles:
    """What the functions of a template may do."""

    def __init__(self, template: Template) -> None:
        self._resources = template.resources

    def allow(self, function: str, action: str, key: str | None) -> bool:
        """Whether a function may do something; to the items of this partition, where it is the table's.

        Args:
            function: its logical id.
            action: as IAM names it, such as ``dynamodb:Query``.
            key: the partition; None for what has none.
        """
        return any(
            action in statement["Action"] and (key is None or any(fnmatchcase(key, each) for each in _keys(statement)))
            for statement in self._statements(function)
        )

    def knows(self, name: str) -> bool:
        """Whether that is a function's logical id, and not somebody else's access key."""
        return bool(self._resources.get(name, {}).get("Type") == "AWS::Serverless::Function")

    def _statements(self, function: str) -> Iterator[dict[str, Any]]:
        # SAM CLI resolves the ARN of a role to one that ends in its logical id.
        role = self._resources[self._resources[function]["Properties"]["Role"].rsplit(":", 1)[-1]]["Properties"]
        shared = [self._resources[name]["Properties"] for name in role.get("ManagedPolicyArns", ())]
        for policy in (*role.get("Policies", ()), *shared):
            yield from (each for each in policy["PolicyDocument"]["Statement"] if "Action" in each)


def _keys(statement: dict[str, Any]) -> list[str]:
    """The partitions that a statement is about, as patterns."""
    found: list[str] = statement.get("Condition", {}).get("ForAllValues:StringLike", {}).get("dynamodb:LeadingKeys")
    return ["*"] if found is None else found


def refuse_what_roles_do_not_allow(app: App, roles: Roles) -> App:
    """Middleware before AWS's services."""

    def checked(environ: dict[str, Any], start_response: Any) -> Any:
        signer = re.search(r"Credential=([^/,]+)/", environ.get("HTTP_AUTHORIZATION", ""))
        target = re.match(r"([A-Za-z]+)\w*\.(\w+)$", environ.get("HTTP_X_AMZ_TARGET", ""))
        if not signer or not target or target[1] not in _SERVICES or not roles.knows(signer[1]):
            return app(environ, start_response)
        action, key = f"{_SERVICES[target[1]]}:{target[2]}", None
        if target[1] == "DynamoDB":
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            environ["wsgi.input"] = io.BytesIO(body)
            key = _partition(json.loads(body))
        if roles.allow(signer[1], action, key):
            return app(environ, start_response)
        of = f" of '{key}'" if key else ""
        document = {"__type": "AccessDeniedException", "message": f"The role of {signer[1]} has no {action}{of}."}
        start_response("400 Bad Request", [("Content-Type", "application/x-amz-json-1.0")])
        return [json.dumps(document).encode()]

    return checked


def _partition(request: dict[str, Any]) -> str | None:
    """The partition key of a request to the table."""
    item = request.get("Key") or request.get("Item") or {}
    value = item.get("pk") or request.get("ExpressionAttributeValues", {}).get(":pk")
    return value.get("S") if value else None
