"""OAuth scopes, and what a grant covers.

Source: Calendly's scopes of 2026-03-03. ``x:write`` implies ``x:read``; ``default`` is the full access of apps and
personal access tokens made before scopes existed.
"""

from __future__ import annotations

from collections.abc import Iterable

FULL_ACCESS = "default"


NEVER_UNASKED = "data_compliance:write"
"""Deletes people's data, so it is requested only if it is named explicitly."""


def to_ask_for(needed: Iterable[str]) -> tuple[str, ...]:
    """The scopes to request so that actions with these scopes work, in alphabetical order.

    Includes reading users and organizations, to find out who connected and in which role. Scopes that another scope
    implies are left out.
    """
    wanted = {*needed, "users:read", "organizations:read"} - {NEVER_UNASKED}
    implied = {f"{scope.removesuffix(':write')}:read" for scope in wanted if scope.endswith(":write")}
    return tuple(sorted(wanted - implied))


def missing(needed: Iterable[str], granted: Iterable[str]) -> list[str]:
    """The scopes in ``needed`` that ``granted`` does not cover, in the order given."""
    held = set(granted)
    if FULL_ACCESS in held:
        return []
    held |= {f"{scope.removesuffix(':write')}:read" for scope in held if scope.endswith(":write")}
    return [scope for scope in needed if scope not in held]


def parse(scope: object) -> list[str] | None:
    """The scopes in a token response's space-separated ``scope``; None if it is missing or empty."""
    return scope.split() if isinstance(scope, str) and scope.strip() else None
