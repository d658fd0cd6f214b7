"""Examples of answers, from the models: short placeholder values, the same each time."""

from __future__ import annotations

from typing import Any, get_args, get_origin

from generate.catalog import Action

API = "https://api.calendly.com"
UUID = "c0ffee00-0000-4000-8000-000000000001"
MOMENT = "2030-01-07T09:00:00.000000Z"

_TEXTS = {
    "email": "ada@example.com",
    "name": "Ada Lovelace",
    "timezone": "Europe/Berlin",
    "locale": "en",
    "slug": "ada",
}
_DEPTH = 4


def answer(action: Action) -> dict[str, Any] | None:
    """What the action answers; None where neither its model nor its method tells."""
    origin = get_origin(action.output)
    if origin is None:
        return _deleted(action) if action.declaration.method == "DELETE" else None
    row = resource(get_args(action.output)[0], action.family)
    if origin.__name__ == "Document":
        return {"resource": row}
    page: dict[str, Any] = {"collection": [row]}
    if action.paged:
        page["pagination"] = {"count": 1, "next_page": None, "previous_page": None, "next_page_token": None}
    return page


def resource(model: Any, family: str) -> Any:
    """One resource of a model."""
    schema = model.model_json_schema()
    return _sample(schema, schema.get("$defs", {}), family, family, 0)


def _deleted(action: Action) -> dict[str, Any]:
    gone = {name: f"{API}/{refers.kinds[0].replace('*', UUID)}/{UUID}" for name, refers in action.references.items()}
    return {**gone, "deleted": True}


def _sample(schema: dict[str, Any], definitions: dict[str, Any], name: str, family: str, depth: int) -> Any:
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rsplit("/", 1)[1]]
    options = schema.get("anyOf") or schema.get("oneOf")
    if options:
        return _sample(
            next((o for o in options if o.get("type") != "null"), options[0]), definitions, name, family, depth
        )
    if "const" in schema or "enum" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        members = schema.get("properties", {})
        if depth > _DEPTH:
            return {}
        return {each: _sample(members[each], definitions, each, family, depth + 1) for each in members}
    if kind == "array":
        return [] if depth > _DEPTH else [_sample(schema.get("items", {}), definitions, name, family, depth + 1)]
    return {"integer": 1, "number": 1.5, "boolean": True}.get(str(kind)) or _text(name, family)


def _text(name: str, family: str) -> str:
    name = name.removeprefix("old_").removeprefix("new_")
    if name.endswith(("_at", "_time")):
        return MOMENT
    if name == "uri":
        return f"{API}/{family}/{UUID}"
    if name.endswith("_url") or name == "url":
        return f"https://calendly.com/{name.removesuffix('_url').replace('_', '-')}"
    if name in ("user", "organization", "owner", "group", "event_type", "event", "invitee", "current_organization"):
        kind = {"owner": "user", "event": "scheduled_event", "current_organization": "organization"}.get(name, name)
        return f"{API}/{kind}s/{UUID}"
    return next((text for ending, text in _TEXTS.items() if name == ending or name.endswith(f"_{ending}")), "...")
