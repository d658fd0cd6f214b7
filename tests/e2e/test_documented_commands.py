"""Every command in README and docs: run word for word on the local stack, or listed here with the reason why not."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from generate.catalog import ROOT
from tests.e2e.conftest import Running

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
"""docs/actions/ holds calls of every action, which tests/e2e/test_command_line.py runs."""

NOT_RUN = {
    "make ": "sets up a virtual environment or runs the tests themselves; followed by hand",
    "export ": "sets what the other commands get from this test",
    "eval ": "needs the AWS CLI and a sign-in",
    "sam ": "needs an AWS account",
    "aws ": "needs the AWS CLI, which is not part of the development environment",
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


def reason(command: str) -> str | None:
    """Why a command is not run."""
    return next((why for start, why in NOT_RUN.items() if command.startswith(start)), None)


BLOCKS = blocks()
RUN = [
    pytest.param([each for each in block if not reason(each)], id=f"{page.name}-{number}")
    for number, (page, block) in enumerate(BLOCKS)
    if not all(reason(each) for each in block)
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


@pytest.mark.parametrize("block", RUN)
def test_a_block_runs_word_for_word(running: Running, shell: dict[str, str], block: list[str]) -> None:
    ports = vars(running.stack.ports)
    for command in block:
        text = re.sub(r"127\.0\.0\.1:(\d+)", lambda match: f"127.0.0.1:{ports[PORTS[int(match[1])]]}", command)
        # curl says nothing of a refusal by itself.
        script = 'curl() { command curl --silent --fail-with-body "$@"; }\n' + text
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


def test_the_pages_have_commands_and_every_reason_is_of_use() -> None:
    every = [command for _, block in BLOCKS for command in block]
    assert len(every) > 30
    for start in NOT_RUN:
        assert any(command.startswith(start) for command in every), f"{start} is in no page any more"


def test_a_command_may_go_over_several_lines() -> None:
    block = "  aws x \\\n    --y '{\"a\":\n 1}'\n\n  # a comment, not a command's end\n  make z   # it's fine\n"
    assert commands("curl -d '{\n}' x\nmake a\n") == ["curl -d '{\n}' x", "make a"]
    assert commands(block)[0].startswith("aws x \\\n")
