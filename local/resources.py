"""The template's resources in moto: what CloudFormation would make before a function can run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3

from local.sam import Template


class Aws:
    """boto3 clients for the local stack."""

    def __init__(self, aws_url: str, lambda_url: str) -> None:
        self._urls = {"lambda": lambda_url}
        self._default = aws_url
        self._session = boto3.Session("local", "local", region_name="us-east-1")

    def client(self, service: str) -> Any:
        return self._session.client(service, endpoint_url=self._urls.get(service, self._default))  # type: ignore[call-overload]


def make_resources(template: Template, aws: Aws) -> None:
    """Make the resources that functions find by name. Where a name is left to AWS, it is the logical id."""
    for logical_id, resource in template.resources.items():
        make = _MAKERS.get(resource["Type"])
        if make:
            make(aws, logical_id, resource.get("Properties", {}))


def _table(aws: Aws, logical_id: str, properties: dict[str, Any]) -> None:
    names = ("AttributeDefinitions", "KeySchema", "BillingMode", "GlobalSecondaryIndexes")
    aws.client("dynamodb").create_table(
        TableName=properties.get("TableName", logical_id),
        **{name: properties[name] for name in names if name in properties},
    )


def _secret(aws: Aws, logical_id: str, properties: dict[str, Any]) -> None:
    aws.client("secretsmanager").create_secret(
        Name=properties.get("Name", logical_id), SecretString=properties.get("SecretString", "{}")
    )


def _alias(aws: Aws, _logical_id: str, properties: dict[str, Any]) -> None:
    kms = aws.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName=properties["AliasName"], TargetKeyId=key)


_MAKERS: dict[str, Callable[[Aws, str, dict[str, Any]], None]] = {
    "AWS::DynamoDB::Table": _table,
    "AWS::KMS::Alias": _alias,
    "AWS::SecretsManager::Secret": _secret,
}
