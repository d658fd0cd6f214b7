"""What a control call says, and how one is refused."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, jsonify, request


class ControlError(Exception):
    """A control call that says something the sandbox does not know."""


def document(known: Iterable[str]) -> dict[str, Any]:
    """The JSON object of the call, whatever its content type says: ``curl -d`` calls it a form."""
    try:
        said = json.loads(request.get_data(cache=True) or b"{}")
    except ValueError:
        raise ControlError(f"The body must be a JSON object. Known: {_listed(known)}.") from None
    if not isinstance(said, dict):
        raise ControlError(f"The body must be a JSON object. Known: {_listed(known)}.")
    unknown = set(said) - set(known)
    if unknown:
        raise ControlError(f"Unknown: {_listed(unknown)}. Known: {_listed(known)}.")
    return said


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"


def refuse_with_words(blueprint: Blueprint) -> None:
    """Let the controls of a blueprint answer what is wrong."""

    @blueprint.errorhandler(ControlError)
    def refuse(error: ControlError) -> Any:
        return jsonify({"error": str(error)}), 400
