"""The pages agree with the code and with each other."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import calendly.errors
from generate.catalog import ROOT
from tests.unit.test_architecture import RESOURCES

README = (ROOT / "README.md").read_text()


ERRORS = [
    node.name
    for node in ast.parse(Path(calendly.errors.__file__).read_text()).body
    if isinstance(node, ast.ClassDef) and node.name.endswith("Error") and node.name != "FieldError"
]


@pytest.mark.parametrize("page", ["README.md", "docs/errors.md"])
def test_every_error_is_explained(page: str) -> None:
    text = (ROOT / page).read_text()
    for name in set(ERRORS) - {"CalendlyError"}:
        assert f"`{name}`" in text, name


def test_the_runbook_has_an_entry_for_each_alarm_and_each_error() -> None:
    """And for nothing else; ``doctor`` and the messages of alarms lead to them."""
    entries = re.findall(r"^### (\w+)$", (ROOT / "docs" / "runbook.md").read_text(), re.MULTILINE)
    alarms = [name for name, each in RESOURCES.items() if each["Type"] == "AWS::CloudWatch::Alarm"]
    assert sorted(entries) == sorted([*alarms, *ERRORS])
    named = re.findall(r"\{RUNBOOK\}#(\w+)", (ROOT / "functions" / "accounts" / "_checks.py").read_text())
    assert {*named} <= {entry.lower() for entry in entries} | {"subscriptions"}


def test_every_link_leads_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target, anchor in re.findall(r"\]\((?!https?://)([^)#]*)#?([^)]*)\)", page.read_text()):
            led = page.parent / target if target else page
            assert led.exists(), f"{page.name}: {target}"
            assert not anchor or anchor in anchors(led), f"{page.name}: {target}#{anchor}"


def anchors(page: Path) -> set[str]:
    """The headings of a page as links name them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
