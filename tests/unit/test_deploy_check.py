"""What `make deploy-check` relies on, without the local AWS."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from samcli.yamlhelper import yaml_parse

from tests.deploy import texts
from tests.deploy.__main__ import STEPS, Step, run_step
from tests.deploy.check import StepFailedError, expect
from tests.deploy.copies import copy_for_emulator
from tests.deploy.documents import policies
from tests.deploy.emulator import ROOT
from tests.deploy.policies import AGENT, READER

NO_CHECK: Any = None
"""The steps under test need none."""


def test_every_policy_in_the_documents_is_one_that_is_checked() -> None:
    found = policies("api1")
    assert set(found) == {AGENT, READER}
    assert "arn:aws:execute-api:us-east-1:000000000000:api1/v1/POST/accounts/sales/mcp" in str(found[AGENT])


@pytest.mark.parametrize("name", ["template.yaml", "agents.yaml"])
def test_the_copy_says_what_it_leaves_out(name: str, tmp_path: Path) -> None:
    said = copy_for_emulator(ROOT / name, tmp_path / name)
    gone = set(resources(ROOT / name)) - set(resources(tmp_path / name))
    assert gone
    assert gone == {line.split()[1].rstrip(":") for line in said if line.startswith("without ")}


def test_the_copy_keeps_every_role_but_for_what_the_emulator_reads_otherwise(tmp_path: Path) -> None:
    copy_for_emulator(ROOT / "template.yaml", tmp_path / "copy.yaml")
    before, after = resources(ROOT / "template.yaml"), resources(tmp_path / "copy.yaml")
    roles = {name for name, each in before.items() if each["Type"] == "AWS::IAM::Role"}
    readers = {name for name in roles if '"OAuthApp"' in json.dumps(before[name])}
    assert {name for name in roles if before[name] != after[name]} == readers | {"RotateTokensRole"}


def resources(template: Path) -> dict[str, Any]:
    """A template's resources, without the order of their parts."""
    found: dict[str, Any] = json.loads(json.dumps(yaml_parse(template.read_text())["Resources"]))
    return found


@pytest.mark.parametrize("step", [step for step in STEPS if step.as_text], ids=lambda step: step.title)
def test_what_the_emulator_cannot_show_holds_in_the_text(step: Step) -> None:
    assert step.run(NO_CHECK)


def test_a_role_that_may_use_the_key_by_itself_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    document = yaml_parse((ROOT / "template.yaml").read_text())
    statement = {"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": "*", "Condition": {"StringEquals": {}}}
    document["Resources"]["ActionRole"]["Properties"]["Policies"] = [{"PolicyDocument": {"Statement": [statement]}}]
    monkeypatch.setattr(texts, "source", lambda: document)
    with pytest.raises(StepFailedError, match="ActionRole may use the key"):
        texts.key_through_services(NO_CHECK)


def test_a_step_that_fails_says_so_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_step(Step("one", lambda _: "seen"), NO_CHECK)
    assert not run_step(Step("two", lambda _: str(expect(False, "nothing is there"))), NO_CHECK)
    one, two = capsys.readouterr().out.splitlines()
    assert one.split()[:2] == ["one", "ok"]
    assert one.endswith("seen")
    assert two.split()[:2] == ["two", "FAILED"]
    assert two.endswith("nothing is there")
