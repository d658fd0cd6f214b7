"""OAuth scopes: what a grant covers.

Source: Calendly's scopes of 2026-03-03. ``x:write`` implies ``x:read``; ``default`` is the full access of apps and
personal access tokens made before scopes existed.
"""

from __future__ import annotations

from collections.abc import Iterable

FULL_ACCESS = "default"


def missing(needed: Iterable[str], granted: Iterable[str]) -> list[str]:
    """The scopes in ``needed`` that ``granted`` does not cover, in the order given."""
    held = set(granted)
    if FULL_ACCESS in held:
        return []
    held |= {f"{scope.removesuffix(':write')}:read" for scope in held if scope.endswith(":write")}
    return [scope for scope in needed if scope not in held]


def parse(scope: object) -> list[str] | None:
    """The scopes in a token response's space-separated ``scope``; None when it says nothing that can be read."""
    return scope.split() if isinstance(scope, str) and scope.strip() else None
