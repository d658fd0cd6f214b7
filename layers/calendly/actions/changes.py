"""Inputs of actions that change what is given, and leave the rest as it is."""

from __future__ import annotations

from typing import Any, Self

from pydantic import model_validator

from actions.inputs import WriteInput


class ChangeInput(WriteInput):
    """What such an action takes: it has to change something.

    What can change is every input that is None if left out.
    """

    def changes(self) -> dict[str, Any]:
        """What was given of what can change, as JSON."""
        return self.model_dump(include=set(self._changeable()), by_alias=True, exclude_none=True)

    @classmethod
    def _changeable(cls) -> list[str]:
        fields = cls.model_fields.items()
        return [name for name, field in fields if field.default is None and name not in WriteInput.model_fields]

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.changes():
            raise ValueError(f"changes nothing: give at least one of {', '.join(self._changeable())}")
        return self
