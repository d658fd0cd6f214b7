"""What the steps share."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import requests
from samcli.yamlhelper import yaml_parse

from tests.deploy.calendly import Calendly
from tests.deploy.emulator import ROOT, Emulator
from tests.deploy.inventory import Inventory
from tests.deploy.stack import Stack


class StepFailedError(Exception):
    """A step did not find what it looks for."""


def expect(holds: object, otherwise: str) -> None:
    """Fail the step if something does not hold."""
    if not holds:
        raise StepFailedError(otherwise)


def until(look: Callable[[], Any], otherwise: str, seconds: float = 60) -> Any:
    """Look until there is something, and return it."""
    end = time.monotonic() + seconds
    while not (found := look()):
        expect(time.monotonic() < end, otherwise)
        time.sleep(0.25)
    return found


@dataclass
class Check:
    """One run: the AWS account, Calendly, the stack in it, and what earlier steps found out.

    Attributes:
        copy: the template that is deployed, after the step that builds it.
        parameters: what the stack is deployed with.
        before: what there was before the stack.
        key: the stack's KMS key.
    """

    emulator: Emulator
    calendly: Calendly
    stack: Stack
    copy: Path = Path()
    parameters: dict[str, str] = field(default_factory=dict)
    before: Inventory = field(default_factory=set)
    key: str = ""

    def deploy(self, **changed: str) -> float:
        """Deploy the copy with changed parameters, which stay; returns the seconds it took."""
        self.parameters.update(changed)
        started = time.monotonic()
        self.stack.deploy(self.copy, self.parameters)
        return time.monotonic() - started

    def protect(self, *, on: bool) -> None:
        """Turn the stack's own protection on or off."""
        self.emulator.client("cloudformation").update_termination_protection(
            StackName=self.stack.name, EnableTerminationProtection=on
        )

    def store_application(self) -> None:
        """Do what the operator does at Calendly and in Secrets Manager."""
        text = self.calendly.register(f"{self.stack.url}/oauth/callback")
        self.emulator.client("secretsmanager").put_secret_value(
            SecretId=self.stack.outputs["OAuthAppSecret"], SecretString=text
        )

    def connect(self, account: str, user: int) -> None:
        """Connect an account as a user of Calendly."""
        page = self.try_to_connect(account, user)
        expect(page.status_code == 200 and "Connected" in page.text, f"the callback answered {page.status_code}")

    def try_to_connect(self, account: str, user: int) -> requests.Response:
        """Ask for a link and allow access there; returns the page that a person ends at."""
        answer = self.stack.call("POST", f"/accounts/{account}/connect", {})
        expect(answer.status == 201, f"connect answered {answer.status}: {answer.text[:300]}")
        return self.calendly.consent(answer.json["authorize_url"], user)

    def account(self, name: str) -> dict[str, Any]:
        """What an account's secret holds."""
        client = self.emulator.client("secretsmanager")
        answer = client.get_secret_value(SecretId=f"{self.stack.name}/accounts/{name}")
        found: dict[str, Any] = json.loads(answer["SecretString"])
        return found

    def invoke(self, function: str, payload: dict[str, Any]) -> Any:
        """Invoke a function of the stack directly; returns its answer."""
        answer = self.emulator.client("lambda").invoke(
            FunctionName=f"{self.stack.name}-{function}", Payload=json.dumps(payload)
        )
        found = json.loads(answer["Payload"].read())
        expect("FunctionError" not in answer, f"{function} answered {found}")
        return found


@cache
def source() -> dict[str, Any]:
    """The template as it stands in the repository."""
    found: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())
    return found
