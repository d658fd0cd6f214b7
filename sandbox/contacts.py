"""Custom fields of contacts: each contact shows every field that is defined."""

from __future__ import annotations

from datetime import date
from typing import Any

from sandbox.fields import Fields
from sandbox.rows.base import Row, in_order
from sandbox.world import World


def shown(world: World, contact: Row, *, bare: bool = False) -> Row:
    """A contact as the API answers it; ``bare`` without custom fields."""
    if bare:
        return in_order(contact)
    values = world.data.behind.values.get(contact["uri"], {})
    fields = [
        {
            "uri": definition["uri"],
            "label": definition["label"],
            "value": values.get(definition["uri"], [] if definition["field_type"] == "tags" else None),
        }
        for definition in definitions_of(world, _organization(world, contact))
    ]
    return in_order({**contact, "custom_fields": fields})


def definitions_of(world: World, organization: str) -> list[Row]:
    """The custom fields that an organization has defined."""
    owners = world.data.behind.owners
    return [row for row in world.data.custom_field_definitions if owners[row["uri"]] == organization]


def _organization(world: World, contact: Row) -> str:
    return str(world.data.known(world.data.behind.owners[contact["uri"]])["current_organization"])


def read_values(world: World, body: Fields, organization: str) -> Row:
    """``custom_fields`` by the URI of the definition. One that is wrong refuses all of them."""
    definitions = {row["uri"].rsplit("/", 1)[1]: row for row in definitions_of(world, organization)}
    values: Row = {}
    for field in body.objects("custom_fields") or ():
        uuid = (field.text("uuid", required=True) or "").rstrip("/").rsplit("/", 1)[-1]
        if uuid not in definitions:
            raise field.fail("uuid", "is unknown")
        values[definitions[uuid]["uri"]] = _value(field, definitions[uuid])
    return values


def _value(field: Fields, definition: Row) -> Any:
    value, kind = field.any("value"), definition["field_type"]
    if value is None:
        return [] if kind == "tags" else None
    if kind == "single_select":
        return _option(field, definition["options"])
    fits = {
        "text": isinstance(value, str),
        "number": isinstance(value, (int, float)) and not isinstance(value, bool),
        "currency": isinstance(value, (int, float)) and not isinstance(value, bool),
        "date": isinstance(value, str) and _is_date(value),
        "tags": isinstance(value, list) and all(isinstance(tag, str) for tag in value),
    }
    if not fits.get(kind, False):
        raise field.fail("value", f"is not a {kind}")
    return value


def _option(field: Fields, options: list[Row]) -> str:
    """An option by its UUID, or by its label if only one bears it."""
    value = field.text("value") or ""
    if value in [option["uuid"] for option in options]:
        return value
    found = [option["uuid"] for option in options if option["label"] == value]
    if len(found) != 1:
        raise field.fail("value", f"must be one of: {', '.join(option['label'] for option in options)}")
    return str(found[0])


def _is_date(value: str) -> bool:
    try:
        return bool(date.fromisoformat(value))
    except ValueError:
        return False
