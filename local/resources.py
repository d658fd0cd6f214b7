"""Creates the template's resources in moto, as CloudFormation does in AWS."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from local.sam import resolved

Named = dict[str, tuple[str, dict[str, Any]]]
"""Type and properties of resources, by logical id."""


class Aws:
    """boto3 clients for the local stack."""

    def __init__(self, aws_url: str, lambda_url: str) -> None:
        self._urls = {"lambda": lambda_url}
        self._default = aws_url
        self._session = boto3.Session("local", "local", region_name="us-east-1")
        self._lock = threading.Lock()
        self._clients: dict[str, Any] = {}

    def client(self, service: str, config: Config | None = None) -> Any:
        """A client of a service: the same one each time, unless it is to be configured."""
        # A session is not thread-safe, and takes ten milliseconds for a client.
        with self._lock:
            if config is None and service in self._clients:
                return self._clients[service]
            url = self._urls.get(service, self._default)
            client = self._session.client(service, endpoint_url=url, config=config)  # type: ignore[call-overload]
            if config is None:
                self._clients[service] = client
            return client


def found_by_name(path: Path, parameters: dict[str, str]) -> Named:
    """A template's resources that are found by name, or that functions and state machines refer to."""
    return resolved(path, parameters, {*_MAKERS, *_REFERENCES})


def make_resources(found: Named, aws: Aws) -> None:
    """Create the resources that functions find by name. A resource without a name gets its logical id."""
    for logical_id, (kind, about) in found.items():
        if make := _MAKERS.get(kind):
            make(aws, logical_id, about)


def references(found: Named) -> dict[str, str]:
    """The value of ``!Ref`` for the resources that functions and state machines refer to, by logical id."""
    return {
        logical_id: refer(logical_id, about)
        for logical_id, (kind, about) in found.items()
        if (refer := _REFERENCES.get(kind))
    }


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


def _bus(aws: Aws, _logical_id: str, properties: dict[str, Any]) -> None:
    aws.client("events").create_event_bus(Name=properties["Name"])


def _topic(aws: Aws, _logical_id: str, properties: dict[str, Any]) -> None:
    aws.client("sns").create_topic(Name=properties["TopicName"])


def _bucket(aws: Aws, logical_id: str, _properties: dict[str, Any]) -> None:
    aws.client("s3").create_bucket(Bucket=_bucket_name(logical_id, {}))


def _bucket_name(logical_id: str, _properties: dict[str, Any]) -> str:
    """A name like CloudFormation's: the stack's name and the logical id, in lower case."""
    return f"local-{logical_id.lower()}"


_REFERENCES: dict[str, Callable[[str, dict[str, Any]], str]] = {
    "AWS::Events::EventBus": lambda _, properties: str(properties["Name"]),
    "AWS::SNS::Topic": lambda _, properties: f"arn:aws:sns:us-east-1:123456789012:{properties['TopicName']}",
    "AWS::S3::Bucket": _bucket_name,
}

_MAKERS: dict[str, Callable[[Aws, str, dict[str, Any]], None]] = {
    "AWS::DynamoDB::Table": _table,
    "AWS::Events::EventBus": _bus,
    "AWS::KMS::Alias": _alias,
    "AWS::S3::Bucket": _bucket,
    "AWS::SNS::Topic": _topic,
    "AWS::SecretsManager::Secret": _secret,
}
