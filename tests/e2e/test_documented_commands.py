"""Every command in README and docs: run word for word on the local stack, or listed here with the reason why not."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from generate.catalog import ROOT
from local.workflows import ROLE, STATE_MACHINE, finish, start
from tests.e2e.conftest import Running

RUNBOOK = ROOT / "docs" / "runbook.md"
RECIPES = ROOT / "docs" / "recipes.md"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
"""docs/actions/ holds calls of every action, which tests/e2e/test_command_line.py runs."""

NOT_RUN = {
    "make ": "sets up a virtual environment or runs the tests themselves; followed by hand",
    "export ": "sets what the other commands get from this test",
    "eval ": "needs the AWS CLI and a sign-in",
    "sam ": "needs an AWS account",
    "aws ": "needs the AWS CLI, which is not part of the development environment; recipes have a stand-in",
    "awscurl ": "is not part of the development environment",
    "pipx ": "needs pipx and a package index; test_it_runs_from_a_wheel does the same offline",
    "python -m calendly_actions connect": "waits for a person; tests/e2e/test_command_line.py has the person",
    "python -m calendly_actions doctor": "finds what the local stack lacks; tests/e2e/test_command_line.py runs it",
    ".venv/bin/python -m calendly_actions --local connect": "asks for a token; test_command_line.py gives one",
}
PORTS = {3000: "api", 3001: "lambda_", 4566: "aws", 4010: "calendly"}


def blocks() -> list[tuple[Path, list[str]]]:
    """The commands of each shell block, by page."""
    found = []
    for page in PAGES:
        for block in re.findall(
            r"^ *```(?:sh|bash|shell|console)\n(.*?)^ *```", page.read_text(), re.DOTALL | re.MULTILINE
        ):
            found.append((page, commands(block)))
    return found


def commands(block: str) -> list[str]:
    """A block's commands; one may go over several lines."""
    found: list[str] = []
    pending = ""
    for line in block.splitlines():
        pending = f"{pending}\n{line}" if pending else line.strip()
        if not pending or pending.endswith("\\") or not complete(pending):
            continue
        found.append(pending)
        pending = ""
    assert not pending, f"This block ends within a command: {block}"
    return found


def complete(text: str) -> bool:
    try:
        shlex.split(text, comments=True)
    except ValueError:
        return False
    return True


def reason(command: str, page: Path) -> str | None:
    """Why a command is not run."""
    if page == RECIPES and command.startswith("aws "):
        return None
    return next((why for start, why in NOT_RUN.items() if command.startswith(start)), None)


def recipe(words: str) -> list[str]:
    """The commands of the recipe that says this first."""
    _, _, rest = RECIPES.read_text().partition(words)
    found = re.search(r"```sh\n(.*?)```", rest, re.DOTALL)
    assert found is not None, words
    return commands(found[1])


BLOCKS = blocks()
COME_TO = [
    recipe(words) for words in ("Last month's", "A link for an", "An event on the bus", "Delete a person's data")
]
"""Recipes that begin something, or whose answer could be empty: what they come to is looked at."""

RUN = [
    pytest.param([each for each in block if not reason(each, page)], id=f"{page.name}-{number}")
    for number, (page, block) in enumerate(BLOCKS)
    if not all(reason(each, page) for each in block) and block not in COME_TO
]


@pytest.fixture(scope="module")
def shell(running_stack: Running, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of somebody who deployed a stack under the README's name."""
    client = running_stack.stack.aws.client("cloudformation")
    template = {
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {
            "ApiUrl": {"Value": running_stack.stack.api_url},
            "FunctionLogGroup": {"Value": "/calendly-actions/calendly-dev/functions"},
        },
    }
    client.create_stack(StackName="calendly-dev", TemplateBody=json.dumps(template))
    running_stack.stack.aws.client("logs").create_log_group(logGroupName="/calendly-actions/calendly-dev/functions")
    ports = running_stack.stack.ports
    return {
        "PATH": f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}",
        "HOME": str(tmp_path_factory.mktemp("home")),
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_ENDPOINT_URL": running_stack.stack.aws_url,
        "AWS_ENDPOINT_URL_LAMBDA": running_stack.stack.lambda_url,
        "API_PORT": str(ports.api),
        "LAMBDA_PORT": str(ports.lambda_),
    }


@pytest.fixture(autouse=True)
def signing_key(running: Running) -> Iterator[None]:
    """A documented command changes the key of the sandbox, which has to be the stack's for the tests that follow."""
    yield
    running.sandbox("signing_key", key=running.application()["webhook_signing_key"])


@pytest.mark.parametrize("block", RUN)
def test_a_block_runs_word_for_word(running: Running, shell: dict[str, str], block: list[str]) -> None:
    run(running, shell, block)


def run(running: Running, shell: dict[str, str], block: list[str]) -> str:
    """Run a block's commands; returns what the last one printed."""
    of_this_run = {str(usual): vars(running.stack.ports)[name] for usual, name in PORTS.items()}
    done = None
    for command in block:
        text = re.sub(r"127\.0\.0\.1:(\d+)", lambda match: f"127.0.0.1:{of_this_run.get(match[1], match[1])}", command)
        if text.startswith("aws "):
            # The names of the local stack in place of a deployed one's.
            text = text.replace("eu-central-1:111122223333", "us-east-1:123456789012").replace("calendly-dev", "local")
        # curl says nothing of a refusal by itself.
        script = 'curl() { command curl --silent --fail-with-body "$@"; }\n'
        script += f'aws() {{ {sys.executable} tests/e2e/aws_cli.py "$@"; }}\n{text}'
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=ROOT,
            env=shell,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    assert done is not None
    return done.stdout


def test_recipes_come_to_what_they_say(running: Running, shell: dict[str, str]) -> None:
    last_month, link_by_name, rule, deletion = COME_TO
    aws, data = running.stack.aws, running.world.data
    data.scheduled_events[0]["start_time"] = "2026-10-15T09:00:00.000000Z"
    assert data.scheduled_events[0]["uri"] in run(running, shell, last_month)
    link = json.loads(run(running, shell, link_by_name))["executionArn"]
    assert finish(aws, link).output["booking_url"] == data.scheduling_links[0]["booking_url"]
    definition = {"StartAt": "Win", "States": {"Win": {"Type": "Succeed"}}}
    target = STATE_MACHINE.removesuffix("local-") + "win-back"
    aws.client("stepfunctions").create_state_machine(name="win-back", definition=json.dumps(definition), roleArn=ROLE)
    run(running, shell, rule)
    events = ["invitee.created", "invitee.canceled"]
    running.http("POST", "/accounts/default/webhook_subscriptions", json={"events": events})
    (invitee,) = running.sandbox("bookings")["invitees"]
    running.sandbox("cancel", invitee=invitee)
    end = time.monotonic() + 60
    while not (started := aws.client("stepfunctions").list_executions(stateMachineArn=target)["executions"]):
        assert time.monotonic() < end
        time.sleep(0.1)
    assert finish(aws, started[0]["executionArn"]).output["detail"]["payload"]["uri"] == invitee
    person = "invitee-e50a3d375c36@example.com"
    assert any(row["email"] == person for rows in data.invitees.values() for row in rows)
    run(running, shell, deletion)
    assert not any(row["email"] == person for rows in data.invitees.values() for row in rows)


IN_RUNBOOK = sorted(set(re.findall(r"`((?:aws|python -m calendly_actions) [^`]+)`", RUNBOOK.read_text())))
"""The runbook has its commands in its sentences."""

NOT_HERE = {
    "python -m calendly_actions connect": "waits for a person; tests/e2e/test_command_line.py has the person",
    "aws lambda get-account-settings": "neither moto nor the local Invoke API has it",
    "aws stepfunctions redrive-execution": "moto's interpreter has no redrive",
}
"""Commands of the runbook that are not run."""

SHOWN = {
    "python -m calendly_actions accounts": "healthy",
    "aws lambda invoke": '"accounts": [',
    "aws logs tail": "Task timed out",
    "aws secretsmanager describe-secret": "local/accounts/default",
    "aws scheduler get-schedule": '"State": "ENABLED"',
    "aws stepfunctions list-state-machines": "stateMachine:local-send-booking-link",
    "aws stepfunctions list-executions": '"status": "FAILED"',
    "aws stepfunctions describe-execution": '"error": "EventTypeNotFound"',
    "aws stepfunctions describe-state-machine": '"status": "ACTIVE"',
    "aws stepfunctions start-execution": '"executionArn"',
    "aws sqs list-queues": "local-UnstartedBookings",
    "aws sqs receive-message": "ERROR_CODE",
    "aws sqs delete-message": '"HTTPStatusCode": 200',
}
"""What each command of the runbook is there to show."""


@pytest.fixture(scope="module")
def failed(running_stack: Running) -> str:
    """An execution that failed."""
    running_stack.connect_unless_fresh()
    execution = start(running_stack.stack.aws, "send-booking-link", {"event_type_name": "Demo"})
    assert finish(running_stack.stack.aws, execution).status == "FAILED"
    return execution


@pytest.fixture
def trouble(running: Running, failed: str) -> Iterator[dict[str, str]]:
    """What the runbook's commands look at; the values of their placeholders."""
    aws, sqs = running.stack.aws, running.stack.aws.client("sqs")
    event = {"source": "calendly", "detail-type": "invitee.created", "detail": {}}
    queue = sqs.create_queue(QueueName="local-UnstartedBookings-1A2B")["QueueUrl"]
    why = {"ERROR_CODE": {"DataType": "String", "StringValue": "NO_PERMISSIONS"}}
    sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(event), MessageAttributes=why)
    (message,) = sqs.receive_message(QueueUrl=queue, VisibilityTimeout=0)["Messages"]
    scheduler, schedule = aws.client("scheduler"), {"Name": "local-RotateTokens", "GroupName": "local"}
    target = {"Arn": "arn:aws:lambda:us-east-1:123456789012:function:local-RotateTokens", "RoleArn": ROLE}
    scheduler.create_schedule_group(Name="local")
    scheduler.create_schedule(
        **schedule, ScheduleExpression="rate(15 minutes)", FlexibleTimeWindow={"Mode": "OFF"}, Target=target
    )
    group = "/calendly-actions/local/functions"
    _log_that_functions_timed_out(aws.client("logs"), group)
    yield {
        "NAME": "default",
        "WORKFLOW": STATE_MACHINE + "send-booking-link",
        "EXECUTION": failed,
        "QUEUE": queue,
        "HANDLE": message["ReceiptHandle"],
        "EVENT": f"'{json.dumps(event)}'",
    }
    aws.client("logs").delete_log_group(logGroupName=group)
    scheduler.delete_schedule(**schedule)
    scheduler.delete_schedule_group(Name="local")
    sqs.delete_queue(QueueUrl=queue)


def _log_that_functions_timed_out(logs: Any, group: str) -> None:
    """As Lambda writes it: without the function's name, to a stream that was started the day before."""
    logs.create_log_group(logGroupName=group)
    now = datetime.now(UTC)
    for function in ("RotateTokens", "ReceiveWebhook", "HealSubscriptions", "FinishReschedules"):
        stream = f"{now - timedelta(days=1):%Y/%m/%d}/local-{function}[$LATEST]0123456789abcdef"
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
        line = {
            "timestamp": int(now.timestamp() * 1000),
            "message": f"{now.isoformat()} 1-2-3 Task timed out after 14.00 seconds",
        }
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[line])


@pytest.mark.parametrize("command", [each for each in IN_RUNBOOK if not each.startswith(tuple(NOT_HERE))])
def test_a_command_of_the_runbook_shows_what_it_is_there_for(
    running: Running, shell: dict[str, str], trouble: dict[str, str], command: str
) -> None:
    (shown,) = [text for beginning, text in SHOWN.items() if command.startswith(beginning)]
    said = run(running, shell, [re.sub(r"\b[A-Z]{4,}\b", lambda match: trouble.get(match[0], match[0]), command)])
    assert shown in said


def test_every_command_of_the_runbook_is_run_or_has_a_reason() -> None:
    assert len(IN_RUNBOOK) > 12
    for each in [*NOT_HERE, *SHOWN]:
        assert any(command.startswith(each) for command in IN_RUNBOOK), f"The runbook has no {each} any more."


def test_the_pages_have_commands_and_every_reason_is_of_use() -> None:
    every = [command for _, block in BLOCKS for command in block]
    assert len(every) > 30
    for beginning in NOT_RUN:
        assert any(command.startswith(beginning) for command in every), f"{beginning} is in no page any more"


def test_a_command_may_go_over_several_lines() -> None:
    block = "  aws x \\\n    --y '{\"a\":\n 1}'\n\n  # a comment, not a command's end\n  make z   # it's fine\n"
    assert commands("curl -d '{\n}' x\nmake a\n") == ["curl -d '{\n}' x", "make a"]
    assert commands(block)[0].startswith("aws x \\\n")
