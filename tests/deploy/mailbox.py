"""A queue that gets the messages of a topic."""

from __future__ import annotations

import json
from typing import Any

from tests.deploy.check import Check, until


class Mailbox:
    """A context manager: a queue in the AWS account, which is subscribed to a topic."""

    def __init__(self, check: Check, topic: str) -> None:
        self._client = check.emulator.client
        self._topic = topic
        self._sqs = self._client("sqs")

    def __enter__(self) -> Mailbox:
        self._url = self._sqs.create_queue(QueueName="deploy-check")["QueueUrl"]
        named = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        arn = named["Attributes"]["QueueArn"]
        service = {"Service": "sns.amazonaws.com"}
        allow = {"Effect": "Allow", "Principal": service, "Action": "sqs:SendMessage", "Resource": arn}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        self._sqs.set_queue_attributes(QueueUrl=self._url, Attributes={"Policy": policy})
        self._client("sns").subscribe(TopicArn=self._topic, Protocol="sqs", Endpoint=arn)
        return self

    def __exit__(self, *_: object) -> None:
        self._sqs.delete_queue(QueueUrl=self._url)

    def next(self, otherwise: str) -> Any:
        """The next message, as JSON; the step fails if there is none."""
        found = until(lambda: self._sqs.receive_message(QueueUrl=self._url).get("Messages"), otherwise)
        self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=found[0]["ReceiptHandle"])
        return json.loads(found[0]["Body"])
