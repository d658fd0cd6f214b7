"""docs/adding-an-action.md, followed block by block in a copy of the tree."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from generate.catalog import ROOT

GUIDE = ROOT / "docs" / "adding-an-action.md"
ACTION = "retrieve_my_scheduling_url"
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "*.pyc", "node_modules")

STEP = re.compile(
    r"^In (?:the new file )?`(?P<file>[^`]+)`(?:, (?P<place>[^`\n:]+)(?:`(?P<anchor>[^`]+)`)?)?:\n\n"
    r"```\w+\n(?P<block>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree in which somebody followed the guide."""
    tree = tmp_path_factory.mktemp("guide") / "tree"
    shutil.copytree(ROOT, tree, ignore=LEFT_OUT)
    steps = list(STEP.finditer(GUIDE.read_text()))
    assert {step["file"] for step in steps} == {
        "layers/calendly/calendly/users.py",
        f"functions/users/{ACTION}.py",
        "sandbox/api/users.py",
        "tests/contract/calendly.openapi.yaml",
        "tests/e2e/test_my_scheduling_url.py",
    }
    for step in steps:
        paste(tree / step["file"], step["place"] or "", step["anchor"] or "", step["block"])
    run(tree, "-m", "generate")
    return tree


def paste(path: Path, place: str, anchor: str, block: str) -> None:
    """Put a block where the guide says: into a new file, or at a place in one that exists."""
    if not place:
        assert not path.exists(), f"{path.name} is not new"
        path.write_text(block)
        return
    lines = path.read_text().splitlines(keepends=True)
    match place.strip():
        case "at the end of the class":
            classes = [node for node in ast.parse("".join(lines)).body if isinstance(node, ast.ClassDef)]
            position = next(node.end_lineno for node in classes if node.name == anchor)
            lines.insert(position or 0, f"\n{block}")
        case "at the end of the file":
            lines.append(f"\n\n{block}")
        case "below the line":
            lines.insert(lines.index(f"{anchor}\n") + 1, block)
        case other:
            raise ValueError(f"The guide names a place that this test does not know: {other}")
    path.write_text("".join(lines))


def run(tree: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=tree, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_everything_made_from_actions_has_the_new_one(followed: Path) -> None:
    template = (followed / "template.yaml").read_text()
    assert f"Handler: {ACTION}.handler" in template
    assert 'Path: "/accounts/{account}/my_scheduling_url"' in template
    assert f"| `{ACTION}` | `GET /my_scheduling_url` | `users:read` |" in (followed / "README.md").read_text()
    assert f"operationId: {ACTION}\n" in (followed / "openapi.yaml").read_text()
    assert sorted(path.name for path in (followed / "events" / ACTION).iterdir()) == ["direct.json", "http.json"]


def test_the_blocks_are_formatted_and_correct_to_the_linter(followed: Path) -> None:
    files = sorted({step["file"] for step in STEP.finditer(GUIDE.read_text()) if step["file"].endswith(".py")})
    run(followed, "-m", "ruff", "check", "--no-cache", *files)
    run(followed, "-m", "ruff", "format", "--check", "--no-cache", *files)


def test_the_new_actions_tests_pass(followed: Path) -> None:
    """The guide's test calls the action in a process of its own, with the sandbox and AWS over real HTTP."""
    tests = ("tests/unit/test_generated.py", "tests/e2e/test_my_scheduling_url.py")
    chosen = f"{ACTION} or test_my_scheduling_url"
    report = run(followed, "-m", "pytest", "-n", "0", "-rA", "-k", chosen, *tests)
    assert f"PASSED {tests[1]}" in report
    assert f"PASSED {tests[0]}::test_an_action_has_an_example_that_its_input_takes[{ACTION}]" in report
