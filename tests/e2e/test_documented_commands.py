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
from pathlib import Path

import pytest

from generate.catalog import ROOT
from local.workflows import ROLE, STATE_MACHINE, finish
from tests.e2e.conftest import Running

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
    ports = vars(running.stack.ports)
    done = None
    for command in block:
        text = re.sub(r"127\.0\.0\.1:(\d+)", lambda match: f"127.0.0.1:{ports[PORTS[int(match[1])]]}", command)
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


def test_the_pages_have_commands_and_every_reason_is_of_use() -> None:
    every = [command for _, block in BLOCKS for command in block]
    assert len(every) > 30
    for start in NOT_RUN:
        assert any(command.startswith(start) for command in every), f"{start} is in no page any more"


def test_a_command_may_go_over_several_lines() -> None:
    block = "  aws x \\\n    --y '{\"a\":\n 1}'\n\n  # a comment, not a command's end\n  make z   # it's fine\n"
    assert commands("curl -d '{\n}' x\nmake a\n") == ["curl -d '{\n}' x", "make a"]
    assert commands(block)[0].startswith("aws x \\\n")
