"""What callers are told when an input is not valid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel

from actions.proxy_event import readable
from calendly.errors import FieldError


def field_error(details: Mapping[str, Any], model: type[BaseModel]) -> FieldError:
    """The message for one of pydantic's errors, given as ``ValidationError.errors()`` lists it."""
    field = readable(".".join(str(part) for part in details["loc"])) or "input"
    if details["type"] == "extra_forbidden":
        return FieldError(field, _unknown(str(details["loc"][-1]), _names(model, details["loc"][:-1])))
    if details["type"] == "value_error":
        return FieldError(field, details["msg"].removeprefix("Value error, "))
    return FieldError(
        field, _MESSAGES.get(details["type"], "is not of the right form").format(**details.get("ctx", {}))
    )


def _names(model: type[BaseModel], place: Sequence[str | int]) -> list[str]:
    """The names that are known at a place in an input."""
    fields = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
    if not place:
        return list(fields)
    part = _part_in(fields.get(str(place[0])))
    inner = [each for each in place[1:] if isinstance(each, str)]
    return _names(part, inner) if part else []


def _part_in(annotation: Any) -> type[BaseModel] | None:
    """The model in a type such as ``list[Part] | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for each in get_args(annotation) if (found := _part_in(each))), None)


def _unknown(field: str, known: list[str]) -> str:
    meant = nearest(field, known, cutoff=0.5)
    return f"is not known; did you mean {meant}?" if meant else f"is not known; known are {', '.join(known)}"


def nearest(text: str, known: Sequence[str], cutoff: float) -> str | None:
    """The known name that is most like a text, if one is as like as ``cutoff``, 0 to 1."""
    # Imported only when there is an error to explain.
    import difflib

    return next(iter(difflib.get_close_matches(text, known, n=1, cutoff=cutoff)), None)


_MESSAGES = {
    "missing": "is required",
    "string_type": "must be text",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a smaller number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "literal_error": "must be {expected}",
    "list_type": "must be a list",
    "too_short": "must have at least {min_length} entries",
    "too_long": "must have at most {max_length} entries",
    "dict_type": "must be a JSON object",
    "model_type": "must be a JSON object",
    "greater_than_equal": "must be {ge} or more",
    "greater_than": "must be more than {gt}",
    "less_than_equal": "must be {le} or less",
    "less_than": "must be less than {lt}",
}
"""Messages by pydantic's error type, in place of pydantic's own."""
