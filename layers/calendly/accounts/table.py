"""The stack's DynamoDB table: what is not a secret. Keys are ``pk`` and ``sk``; ``expires_at`` is its TTL attribute."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

from accounts import aws


class ConditionFailedError(Exception):
    """The item is not as the condition wants it: somebody else was first."""


class Table:
    """Items as plain dictionaries. Thread-safe, unlike boto3's own table resource.

    Args:
        name: the table's.
        how: ``read_timeout`` and ``attempts``, as ``aws.client`` takes them.
    """

    def __init__(self, name: str, **how: Any) -> None:
        self._name = name
        self._how = how

    @property
    def _client(self) -> Any:
        return aws.client("dynamodb", **self._how)

    def get(self, pk: str, sk: str) -> dict[str, Any] | None:
        with aws.faults("to read from the table"):
            answer = self._client.get_item(
                TableName=self._name, Key=self._item({"pk": pk, "sk": sk}), ConsistentRead=True
            )
        return self._plain(answer["Item"]) if "Item" in answer else None

    def query(self, pk: str, prefix: str = "", *, members: Sequence[str] = ()) -> list[dict[str, Any]]:
        """Every item of a partition, by sort key.

        Args:
            pk: the partition.
            prefix: how the sort keys begin.
            members: the attributes to read; all if none are named.
        """
        values = {":pk": pk} | ({":prefix": prefix} if prefix else {})
        named = {f"#{name}": name for name in members}
        projection = {"ProjectionExpression": ", ".join(named), "ExpressionAttributeNames": named} if named else {}
        pages = self._client.get_paginator("query")
        with aws.faults("to read from the table"):
            return [
                self._plain(item)
                for page in pages.paginate(
                    TableName=self._name,
                    KeyConditionExpression="pk = :pk" + (" AND begins_with(sk, :prefix)" if prefix else ""),
                    ExpressionAttributeValues=self._item(values),
                    ConsistentRead=True,
                    **projection,
                )
                for item in page["Items"]
            ]

    def put(self, item: dict[str, Any], *, condition: str | None = None, values: dict[str, Any] | None = None) -> None:
        """Put an item in the place of the one that is there, if any.

        Raises:
            ConditionFailedError: ``condition`` does not hold.
            AccountUnavailableError: AWS refused.
        """
        client = self._client
        request: dict[str, Any] = {}
        if condition:
            request["ConditionExpression"] = condition
            request["ExpressionAttributeValues"] = self._item(values or {})
        with aws.faults("to write to the table"):
            try:
                client.put_item(TableName=self._name, Item=self._item(item), **request)
            except client.exceptions.ConditionalCheckFailedException:
                raise ConditionFailedError from None

    def update(
        self,
        pk: str,
        sk: str,
        expression: str,
        values: dict[str, Any] | None = None,
        *,
        condition: str | None = None,
        names: dict[str, str] | None = None,
    ) -> None:
        """Update one item. ``names`` are placeholders for attributes whose names DynamoDB keeps for itself.

        Raises:
            ConditionFailedError: ``condition`` does not hold.
            AccountUnavailableError: AWS refused.
        """
        client = self._client
        request: dict[str, Any] = {"UpdateExpression": expression}
        if values:
            request["ExpressionAttributeValues"] = self._item(values)
        if condition:
            request["ConditionExpression"] = condition
        if names:
            request["ExpressionAttributeNames"] = names
        with aws.faults("to write to the table"):
            try:
                client.update_item(TableName=self._name, Key=self._item({"pk": pk, "sk": sk}), **request)
            except client.exceptions.ConditionalCheckFailedException:
                raise ConditionFailedError from None

    def take(self, pk: str, sk: str) -> dict[str, Any] | None:
        """Delete an item and return it; of several callers at once, one gets it."""
        return self.remove(pk, sk)

    def remove(
        self, pk: str, sk: str, *, condition: str | None = None, values: dict[str, Any] | None = None
    ) -> dict[str, Any] | None:
        """Delete an item and return it.

        Raises:
            ConditionFailedError: ``condition`` does not hold.
            AccountUnavailableError: AWS refused.
        """
        client = self._client
        request: dict[str, Any] = {"ReturnValues": "ALL_OLD"}
        if condition:
            request["ConditionExpression"] = condition
            request["ExpressionAttributeValues"] = self._item(values or {})
        with aws.faults("to write to the table"):
            try:
                answer = client.delete_item(TableName=self._name, Key=self._item({"pk": pk, "sk": sk}), **request)
            except client.exceptions.ConditionalCheckFailedException:
                raise ConditionFailedError from None
        return self._plain(answer["Attributes"]) if answer.get("Attributes") else None

    @cached_property
    def _serializer(self) -> Any:
        from boto3.dynamodb.types import TypeSerializer

        return TypeSerializer()

    @cached_property
    def _deserializer(self) -> Any:
        from boto3.dynamodb.types import TypeDeserializer

        return TypeDeserializer()

    def _item(self, document: dict[str, Any]) -> dict[str, Any]:
        return {name: self._serializer.serialize(_storable(value)) for name, value in document.items()}

    def _plain(self, item: dict[str, Any]) -> dict[str, Any]:
        return {name: _native(self._deserializer.deserialize(value)) for name, value in item.items()}


def _storable(value: Any) -> Any:
    """DynamoDB's numbers are decimals."""
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, dict):
        return {name: _storable(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_storable(member) for member in value]
    return value


def _native(value: Any) -> Any:
    if hasattr(value, "value"):  # boto3's wrapper of bytes
        return bytes(value.value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {name: _native(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_native(member) for member in value]
    return value
