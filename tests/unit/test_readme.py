"""The pages agree with the code and with each other."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import calendly.errors
from generate.catalog import ROOT

README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("page", ["README.md", "docs/errors.md"])
def test_every_error_is_explained(page: str) -> None:
    text = (ROOT / page).read_text()
    tree = ast.parse(Path(calendly.errors.__file__).read_text())
    names = [node.name for node in tree.body if isinstance(node, ast.ClassDef) and node.name.endswith("Error")]
    for name in set(names) - {"FieldError", "CalendlyError"}:
        assert f"`{name}`" in text, name


def test_every_link_leads_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
