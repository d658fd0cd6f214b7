"""Where Powertools' Idempotency keeps its records: in the stack's table, each with a token of whoever wrote it.

boto3 sends a request again whose answer was lost. Of a conditional write, the second one meets what the first one
wrote, and fails: without the token, a call would take its own record for another call's, and the key would be taken for
a day with nothing sent.

Source: "Bring your own persistent store" in Powertools' documentation. The attributes are those of its own layer for
DynamoDB, so that records outlive an upgrade and a rollback.
"""

from __future__ import annotations

import time
import uuid
from contextlib import suppress
from typing import Any

from aws_lambda_powertools.utilities.idempotency import BasePersistenceLayer
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyItemAlreadyExistsError,
    IdempotencyItemNotFoundError,
)
from aws_lambda_powertools.utilities.idempotency.persistence.datarecord import STATUS_CONSTANTS, DataRecord

_IN_PROGRESS = STATUS_CONSTANTS["INPROGRESS"]


class Records(BasePersistenceLayer):
    """One partition's records.

    Args:
        client: a boto3 client of DynamoDB.
        table: the table's name.
        partition: the partition key.
    """

    def __init__(self, client: Any, table: str, partition: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._client = client
        self._table = table
        self._partition = partition
        self._owner = ""

    def _get_record(self, idempotency_key: str) -> DataRecord:
        answer = self._client.get_item(TableName=self._table, Key=self._key(idempotency_key), ConsistentRead=True)
        if "Item" not in answer:
            raise IdempotencyItemNotFoundError
        item = answer["Item"]
        until = item.get("in_progress_expiration", {}).get("N")
        return DataRecord(
            idempotency_key=idempotency_key,
            status=item["status"]["S"],
            expiry_timestamp=int(item["expires_at"]["N"]),
            in_progress_expiry_timestamp=int(until) if until else None,
            response_data=item.get("data", {}).get("S", ""),
            payload_hash=item.get("validation", {}).get("S", ""),
        )

    def _put_record(self, data_record: DataRecord) -> None:
        self._owner = uuid.uuid4().hex
        item = {
            **self._key(data_record.idempotency_key),
            "expires_at": {"N": str(data_record.expiry_timestamp)},
            "status": {"S": data_record.status},
            "owner": {"S": self._owner},
        }
        if data_record.in_progress_expiry_timestamp is not None:
            item["in_progress_expiration"] = {"N": str(data_record.in_progress_expiry_timestamp)}
        if self.payload_validation_enabled and data_record.payload_hash:
            item["validation"] = {"S": data_record.payload_hash}
        now = time.time()
        try:
            self._client.put_item(
                TableName=self._table,
                Item=item,
                ConditionExpression=(
                    "attribute_not_exists(pk) OR expires_at < :now OR (#status = :in_progress AND "
                    "attribute_exists(in_progress_expiration) AND in_progress_expiration < :milliseconds)"
                ),
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues={
                    ":now": {"N": str(int(now))},
                    ":milliseconds": {"N": str(int(now * 1000))},
                    ":in_progress": {"S": _IN_PROGRESS},
                },
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            if error.response.get("Item", {}).get("owner") == item["owner"]:
                return
            raise IdempotencyItemAlreadyExistsError from error
        except Exception:
            # It may be written all the same, and nothing will be sent: the key must not be taken for that.
            for _ in range(2):
                with suppress(Exception):
                    self._delete_record(data_record)
                    break
            raise

    def _update_record(self, data_record: DataRecord) -> None:
        names = {"#data": "data", "#status": "status"}
        values = {
            ":expires": {"N": str(data_record.expiry_timestamp)},
            ":data": {"S": data_record.response_data},
            ":status": {"S": data_record.status},
        }
        expression = "SET #data = :data, expires_at = :expires, #status = :status"
        if self.payload_validation_enabled:
            expression += ", validation = :validation"
            values[":validation"] = {"S": data_record.payload_hash}
        self._client.update_item(
            TableName=self._table,
            Key=self._key(data_record.idempotency_key),
            UpdateExpression=expression,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
        )

    def _delete_record(self, data_record: DataRecord) -> None:
        with suppress(self._client.exceptions.ConditionalCheckFailedException):
            self._client.delete_item(
                TableName=self._table,
                Key=self._key(data_record.idempotency_key),
                ConditionExpression="#owner = :owner",
                ExpressionAttributeNames={"#owner": "owner"},
                ExpressionAttributeValues={":owner": {"S": self._owner}},
            )

    def _key(self, idempotency_key: str) -> dict[str, Any]:
        return {"pk": {"S": self._partition}, "sk": {"S": idempotency_key}}
