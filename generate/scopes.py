"""The scopes that the actions need, for the functions that connect accounts."""

from __future__ import annotations

from generate.catalog import Action

HEAD = '''"""The Calendly scope of each action; written by `make generate` from the actions' own files."""

'''


def write(actions: list[Action]) -> str:
    """A module with the scopes of the actions that read and of those that write."""
    return (
        HEAD
        + "\n\n".join(
            f"{name} = (\n"
            + "".join(
                f'    "{scope}",\n' for scope in sorted({a.declaration.scope for a in chosen if a.declaration.scope})
            )
            + ")"
            for name, chosen in (
                ("READING", [action for action in actions if not action.writes]),
                ("WRITING", [action for action in actions if action.writes]),
            )
        )
        + "\n"
    )
