"""The README's tables agree with the code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import calendly.errors
from actions.inputs import Input, PagedInput
from tests.unit.test_architecture import ACTIONS, FUNCTIONS, ROOT, logical_id

README = (ROOT / "README.md").read_text()
COMMON = {"account", "correlation_id", *PagedInput.model_fields}


def row(path: Path) -> str:
    """What the table of actions has to say of an action."""
    import importlib.util

    spec = importlib.util.spec_from_file_location(f"functions_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    model: type[Input] = module.handler.model
    route = FUNCTIONS[logical_id(path.stem)]["Properties"]["Events"]["Http"]["Properties"]
    inputs = [
        f"**`{name}`**" if field.is_required() else f"`{name}`"
        for name, field in model.model_fields.items()
        if name not in COMMON
    ]
    if issubclass(model, PagedInput):
        inputs.append("*paged*")
    where = f"{route['Method']} {route['Path'].removeprefix('/accounts/{account}')}"
    return f"| `{path.stem}` | `{where}` | `{module.handler.scope}` | {', '.join(inputs)} |"


@pytest.mark.parametrize("path", ACTIONS, ids=lambda path: path.stem)
def test_every_action_has_its_row(path: Path) -> None:
    assert row(path) in README


def test_there_are_no_other_rows() -> None:
    table = README.split("<!-- actions -->")[1].split("<!-- /actions -->")[0]
    assert len(re.findall(r"^\| `", table, re.MULTILINE)) == len(ACTIONS)


@pytest.mark.parametrize("page", ["README.md", "docs/errors.md"])
def test_every_error_is_explained(page: str) -> None:
    text = (ROOT / page).read_text()
    tree = ast.parse(Path(calendly.errors.__file__).read_text())
    names = [node.name for node in tree.body if isinstance(node, ast.ClassDef) and node.name.endswith("Error")]
    for name in set(names) - {"FieldError", "CalendlyError"}:
        assert f"`{name}`" in text, name


def test_every_link_leads_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
