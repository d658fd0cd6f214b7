"""A stack as its operator handles it: with the SAM CLI."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from tests.deploy.emulator import PYTHON, REGION, ROOT, ROOT_USER, Answer, Caller, Emulator

SAM = Path(sys.executable).with_name("sam")


class SamFailedError(Exception):
    """The SAM CLI ended with an error; the message has the end of what it printed."""


def build(folder: Path, *, host: bool, template: str = "template.yaml") -> Path:
    """Run ``sam build``; for this machine's interpreter, or as it is: for the Lambda runtime. Returns the template."""
    here = {"FOR": "", "PYTHON": str(PYTHON), "COMPILER": str(PYTHON)} if host else {}
    # A cached layer would be that of the other platform.
    _sam("build", "--no-cached", "--template", template, "--build-dir", str(folder), **here)
    return folder / "template.yaml"


class Stack:
    """A deployed stack, by its name."""

    def __init__(self, emulator: Emulator, name: str) -> None:
        self._emulator = emulator
        self.name = name

    def deploy(self, template: Path, parameters: dict[str, str]) -> None:
        """Run ``sam deploy``, and wait until it is done."""
        given = [f"{name}={value}" for name, value in parameters.items()]
        self._run(
            *("deploy", "--template-file", str(template), "--capabilities", "CAPABILITY_IAM", "--resolve-s3"),
            *("--no-confirm-changeset", "--no-progressbar", "--parameter-overrides", *given),
        )

    def delete(self) -> None:
        """Run ``sam delete``."""
        self._run("delete", "--no-prompts")

    @property
    def status(self) -> str:
        """Its status, or an empty text if there is no such stack."""
        try:
            return str(self._described()["StackStatus"])
        except ClientError:
            return ""

    @property
    def outputs(self) -> dict[str, str]:
        return {each["OutputKey"]: each["OutputValue"] for each in self._described()["Outputs"]}

    @property
    def resources(self) -> dict[str, str]:
        """The physical id of each resource, by logical id."""
        pages = self._emulator.client("cloudformation").get_paginator("list_stack_resources")
        found = [each for page in pages.paginate(StackName=self.name) for each in page["StackResourceSummaries"]]
        return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in found}

    @property
    def api_id(self) -> str:
        return self.outputs["ApiUrl"].removeprefix("https://").partition(".")[0]

    @property
    def url(self) -> str:
        """The API's address in the emulator."""
        return f"{self._emulator.url}/_aws/execute-api/{self.api_id}/v1"

    def call(self, method: str, path: str, body: Any = None, caller: Caller | None = ROOT_USER) -> Answer:
        """Call the API, signed as a caller, or unsigned."""
        return self._emulator.call(method, self.url + path, body, caller)

    def _described(self) -> Any:
        return self._emulator.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"][0]

    def _run(self, command: str, *arguments: str) -> None:
        # samconfig.toml has no section of this name: nothing but what is given here counts.
        always = ("--stack-name", self.name, "--region", REGION, "--config-env", "deploy-check")
        _sam(command, *arguments, *always, AWS_ENDPOINT_URL=self._emulator.url)


def _sam(*arguments: str, **environment: str) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_") and name != "FOR"}
    done = subprocess.run(
        [SAM, *arguments],
        cwd=ROOT,
        env={
            **clean,
            "SAM_CLI_TELEMETRY": "0",
            "AWS_ACCESS_KEY_ID": ROOT_USER.key,
            "AWS_SECRET_ACCESS_KEY": ROOT_USER.secret,
            "AWS_DEFAULT_REGION": REGION,
            "PATH": f"{SAM.parent}:{os.environ['PATH']}",
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SamFailedError(f"sam {arguments[0]}: {(done.stdout + done.stderr).strip()[-1500:]}")
