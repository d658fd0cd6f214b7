"""``python -m generate``: write everything that is generated from the actions. ``--check`` lists outdated files."""

from __future__ import annotations

import shutil
import sys
import tomllib
from pathlib import Path

from generate import agentcore, commands, dashboard, events, openapi, readme, reference, scopes, template, tools
from generate.catalog import ROOT, Action, find


def files(root: Path, actions: list[Action]) -> dict[Path, str]:
    """The content of every file that is generated from the actions."""
    version = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    return {
        root / "template.yaml": dashboard.write(template.write((root / "template.yaml").read_text(), actions)),
        root / "README.md": readme.write((root / "README.md").read_text(), actions),
        root / "functions" / "accounts" / "_action_scopes.py": scopes.write(actions),
        root / "calendly_actions" / "catalog.json": commands.write(actions),
        root / "functions" / "agents" / "tools.json": tools.write(actions),
        root / "agents.yaml": agentcore.write((root / "agents.yaml").read_text(), actions),
        root / "openapi.yaml": openapi.write(actions, version),
        **events.write(root / "events", actions),
        **reference.write(root / "docs" / "actions", actions),
    }


def outdated(root: Path, actions: list[Action]) -> list[str]:
    """The files whose content is out of date, and those of actions and families that no longer exist."""
    return _outdated(root, files(root, actions), left_over(root, actions))


def _outdated(root: Path, wanted: dict[Path, str], over: list[Path]) -> list[str]:
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text() != text]
    return sorted(str(path.relative_to(root)) for path in (*stale, *over))


def left_over(root: Path, actions: list[Action]) -> list[Path]:
    """The events of actions that are gone, and the pages of families that are."""
    names, families = {action.name for action in actions}, {action.family for action in actions}
    pages = (root / "docs" / "actions").glob("*.md")
    return [
        *(path for path in (root / "events").iterdir() if path.name not in names),
        *(path for path in pages if path.stem not in {*families, "README"}),
    ]


def generate(root: Path) -> list[str]:
    """Bring everything up to date; returns the changed files."""
    actions = find(root / "functions")
    wanted, over = files(root, actions), left_over(root, actions)
    changed = _outdated(root, wanted, over)
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for path in over:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    return changed


def main() -> int:
    if sys.argv[1:] == ["--check"]:
        stale = outdated(ROOT, find())
        print(
            "\n".join(["Out of date; run `make generate`:", *stale]) if stale else "Everything generated is up to date."
        )
        return 1 if stale else 0
    changed = generate(ROOT)
    print("\n".join(["Written:", *changed]) if changed else "Everything generated was up to date.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
