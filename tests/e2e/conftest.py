"""The whole stack, started once per worker; its logs are searched for secrets when it stops."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from botocore.exceptions import ClientError

from local import operator, workflows
from local.ports import Ports
from local.stack import LocalStack
from local.workflows import Execution
from sandbox.world import World
from tests.contract.checking import ContractChecked


@dataclass
class AwsWatch:
    """Counts the calls of AWS services by operation, and lets a test do something at one of them.

    Attributes:
        before, after: called with the operation and how often it was called, around each call. A call for which
            ``before`` says True never arrives; one for which it says a document is answered with that.
    """

    calls: Counter[str] = field(default_factory=Counter)
    before: Callable[[str, int], bool | dict[str, Any] | None] = lambda *_: None
    after: Callable[[str, int], bool | None] = lambda *_: None

    def reset(self) -> None:
        self.calls.clear()
        self.before = self.after = lambda *_: None

    def wrap(self, app: Any) -> Any:
        def watched(environ: dict[str, Any], start_response: Any) -> Any:
            target = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
            self.calls[target] += 1
            count = self.calls[target]
            instead = self.before(target, count)
            if isinstance(instead, dict):
                start_response("200 OK", [("Content-Type", "application/x-amz-json-1.1")])
                return [json.dumps(instead).encode()]
            if instead:
                start_response("500 Never arrived", [])
                return []
            answer = list(app(environ, start_response))
            self.after(target, count)
            return answer

        return watched


class Bus:
    """A queue that a rule sends everything on the bus to, the workflows' own events left out."""

    def __init__(self, aws: Any) -> None:
        self._sqs = aws.client("sqs")
        self._url = self._sqs.create_queue(QueueName=f"watch-{uuid.uuid4()}")["QueueUrl"]
        arn = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        self._events, self._rule = aws.client("events"), f"watch-{uuid.uuid4()}"
        pattern = '{"source": ["calendly", "calendly-actions"]}'
        self._events.put_rule(Name=self._rule, EventBusName="local", EventPattern=pattern)
        self._events.put_targets(Rule=self._rule, EventBusName="local", Targets=[{"Id": "watch", "Arn": arn}])

    def close(self) -> None:
        self._events.remove_targets(Rule=self._rule, EventBusName="local", Ids=["watch"])
        self._events.delete_rule(Name=self._rule, EventBusName="local")
        self._sqs.delete_queue(QueueUrl=self._url)

    def read(self, source: str = "calendly") -> list[Any]:
        """What came and was not read yet, of a source."""
        found = []
        while messages := self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
                found.append(json.loads(message["Body"]))
        return [event for event in found if event["source"] == source]


@dataclass
class Running:
    """The running stack and what watches it."""

    stack: LocalStack
    aws: AwsWatch
    contract: ContractChecked
    logs: Path
    _connected: Any = None

    @property
    def world(self) -> World:
        return self.stack.sandbox.world

    def sandbox(self, call: str, **document: Any) -> Any:
        answer = requests.post(f"{self.stack.calendly_url}/_sandbox/{call}", json=document, timeout=10)
        assert answer.ok, answer.text
        return answer.json()

    def http(self, method: str, path: str, **content: Any) -> requests.Response:
        return requests.request(method, f"{self.stack.api_url}{path}", timeout=60, **content)

    def direct(self, function: str, **input: Any) -> Any:
        """The payload of a direct call; an error payload has ``errorType``."""
        return self.stack.invoke(function, input)["Payload"]

    def connect(self, account: str = "default", user: int = 0) -> None:
        url = operator.authorize_url(self.stack, account, replace=True)
        person = self.world.data.users[user]["uri"]
        answer = requests.post(url, data={"user": person, "decision": "allow"}, timeout=60)
        assert answer.status_code == 200, answer.text

    def connect_unless_fresh(self) -> None:
        """Connect ``default``, unless secret and item are as the last connect left them, and its tokens live."""
        if self._connected is None or self._connected != self._stored() or not self._lives():
            self.connect()
            self._connected = self._stored()

    def _stored(self) -> Any:
        table = self.stack.aws.client("dynamodb")
        key = {"pk": {"S": "account"}, "sk": {"S": "default"}}
        try:
            return table.get_item(TableName="Table", Key=key).get("Item"), self.secret()
        except ClientError:
            return None

    def _lives(self) -> bool:
        _, secret = self._connected
        token, world = self.world.access_tokens.get(secret["access_token"]), self.world
        lives = token and not token.grant.revoked and token.expires_at > time.time() + 5400
        return bool(lives and secret["refresh_token"] in world.refresh_tokens)

    def account(self, name: str = "default") -> Any:
        """An account as ``GET /accounts`` shows it."""
        accounts = self.http("GET", "/accounts").json()["accounts"]
        return next(account for account in accounts if account["account"] == name)

    def secret(self, account: str = "default") -> Any:
        client = self.stack.aws.client("secretsmanager")
        return json.loads(client.get_secret_value(SecretId=f"local/accounts/{account}")["SecretString"])

    def account_names(self) -> list[str]:
        """All accounts that the table knows."""
        return [item["sk"]["S"] for item in self._items("account")]

    def forget_subscriptions(self) -> None:
        """Nothing is known of the sandbox's subscriptions any more, nor of whose a name was before."""
        table = self.stack.aws.client("dynamodb")
        for item in self._items("webhooks"):
            table.delete_item(TableName="Table", Key={"pk": item["pk"], "sk": item["sk"]})

    def _items(self, partition: str) -> Any:
        """The table's items of a partition."""
        return self.stack.aws.client("dynamodb").query(
            TableName="Table",
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": partition}},
        )["Items"]

    def application(self) -> Any:
        """The OAuth application's secret."""
        client = self.stack.aws.client("secretsmanager")
        return json.loads(client.get_secret_value(SecretId="local/oauth-app")["SecretString"])

    def run(self, workflow: str, input: Any, *, seconds: float = 60) -> Execution:
        """Run a state machine to its end."""
        return workflows.run(self.stack.aws, workflow, input, seconds=seconds)

    def metrics(self) -> Counter[str]:
        """The counts in the functions' logs, as CloudWatch would read them."""
        found: Counter[str] = Counter()
        log = self.log()
        # Processes share a file, and one may write between another's line and its end.
        for match in re.finditer(r'\{"_aws"', log):
            document, _ = json.JSONDecoder().raw_decode(log, match.start())
            for directive in document["_aws"]["CloudWatchMetrics"]:
                for metric in directive["Metrics"]:
                    found[metric["Name"]] += int(sum(document[metric["Name"]]))
        return found

    def log(self) -> str:
        return "".join(path.read_text(errors="replace") for path in sorted(self.logs.glob("*.log")))

    def calendly_requests(self) -> dict[str, int]:
        return dict(self.world.requests)


@pytest.fixture(scope="session")
def running_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    watch = AwsWatch()
    contract: list[ContractChecked] = []

    def witness(app: Any) -> Any:
        contract.append(ContractChecked(app))
        return contract[0]

    logs = tmp_path_factory.mktemp("logs")
    with LocalStack(Ports.free(), logs=logs, wrap={"aws": watch.wrap, "calendly": witness}) as stack:
        # Several stacks run at once, one for each worker, and share the memory that one may take.
        stack.pool.most_idle = 8
        running = Running(stack, watch, contract[0], logs)
        yield running
        secrets = [*running.world.issued, *(app.client_secret or "" for app in running.world.apps.values())]
    text = running.log()
    assert "FailedInvalidRequestError" in text or "done" in text, "the functions logged nothing"
    assert [secret[:12] for secret in secrets if secret and secret in text] == [], "the log holds secrets"
    assert contract[0].violations == []


@pytest.fixture
def bus(running: Running) -> Iterator[Bus]:
    """Whatever comes onto the stack's bus during a test."""
    watched = Bus(running.stack.aws)
    yield watched
    watched.close()


@pytest.fixture(scope="session")
def connected_stack(running_stack: Running) -> Running:
    """The stack with a connected account, for tests that change nothing."""
    running_stack.sandbox("limits", per_minute=1_000_000, tokens_per_minute=1_000_000)
    running_stack.connect()
    return running_stack


@pytest.fixture
def connected(connected_stack: Running) -> Running:
    """The stack as the test before left it."""
    return connected_stack


@pytest.fixture
def running(running_stack: Running) -> Iterator[Running]:
    """The stack with a fresh data set, a freshly connected ``default`` account and no other, limits out of the way."""
    running_stack.sandbox("reset")
    running_stack.sandbox("limits", per_minute=1_000_000, tokens_per_minute=1_000_000)
    for name in set(running_stack.account_names()) - {"default"}:
        running_stack.direct("DisconnectAccount", account=name)
    running_stack.connect_unless_fresh()
    running_stack.forget_subscriptions()
    yield running_stack
    running_stack.sandbox("reset")
