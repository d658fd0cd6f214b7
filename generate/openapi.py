"""The OpenAPI document of the API: one operation per action, with its input, answers and errors."""

from __future__ import annotations

import re
from typing import Any, get_args, get_origin

import yaml
from pydantic.json_schema import models_json_schema

from generate.catalog import Action

REF = "#/components/schemas/{model}"
TITLE = "Calendly actions"
DESCRIPTION = (
    "Prebuilt Calendly actions in your own AWS account. Every request is signed with IAM (Signature Version 4, service "
    "execute-api). Answers contain all fields that Calendly sends, including those that this document does not name."
)
PROBLEMS = {
    400: "InvalidRequestError: the input is wrong. Our validation or Calendly refused it.",
    401: "ReauthenticationRequiredError: connect the account again.",
    403: "PermissionDeniedError, InsufficientScopeError or PlanUpgradeRequiredError.",
    404: "NotFoundError or AccountNotFoundError.",
    409: "AlreadyExistsError, SlotUnavailableError or AmbiguousReferenceError.",
    424: "ExternalCalendarError: the user has to reconnect their calendar in Calendly.",
    429: "RateLimitedError: retry after retry_after seconds.",
    502: "CalendlyUnavailableError: retry later.",
    503: "AccountUnavailableError: AWS refused to read or renew the tokens. Retry later.",
    504: "OutcomeUnknownError: look for the result before you send the write again, unless retryable is true.",
}
_PROBLEM = {
    "type": "object",
    "description": "RFC 9457. The title is the error's class name.",
    "required": ["type", "title", "status", "detail", "retryable", "correlation_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "One line that says what to do."},
        "retryable": {"type": "boolean"},
        "retry_after": {"type": "number", "description": "Seconds."},
        "correlation_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {
                    "field": {"type": "string"},
                    "message": {"type": "string"},
                    "code": {"type": "string", "description": "Calendly's code for the error."},
                },
            },
        },
        "missing_scopes": {"type": "array", "items": {"type": "string"}},
        "candidates": {"type": "array", "items": {"type": "object", "additionalProperties": {"type": "string"}}},
    },
    "additionalProperties": True,
}
_DRY_RUN = {
    "type": "object",
    "required": ["dry_run", "requests"],
    "properties": {"dry_run": {"const": True}, "requests": {"type": "array", "items": {"type": "object"}}},
}
_KEYWORDS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
"""What pydantic calls by its own names where a validator of ours comes first."""

_PAGINATION = {
    "type": "object",
    "properties": {
        "count": {"type": "integer"},
        **{
            name: {"type": ["string", "null"]}
            for name in ("next_page", "previous_page", "next_page_token", "previous_page_token")
        },
    },
    "additionalProperties": True,
}


def document(actions: list[Action], version: str) -> dict[str, Any]:
    """The document."""
    paths: dict[str, Any] = {}
    for action in actions:
        paths.setdefault(action.route, {})[action.declaration.method.lower()] = _operation(action)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": TITLE,
            "version": version,
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [
            {
                "url": "{api}",
                "description": "The output ApiUrl of your stack.",
                "variables": {"api": {"default": "http://127.0.0.1:3000"}},
            }
        ],
        "security": [{"iam": []}],
        "tags": [{"name": family} for family in sorted({action.family for action in actions})],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "iam": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "AWS Signature Version 4.",
                }
            },
            "schemas": {
                "Problem": _PROBLEM,
                "DryRun": _DRY_RUN,
                "Pagination": _PAGINATION,
                **_models(actions),
            },
        },
    }


def write(actions: list[Action], version: str) -> str:
    """The document as YAML."""
    return yaml.dump(document(actions, version), sort_keys=False, allow_unicode=True, width=120, Dumper=_Dumper)


class _Dumper(yaml.SafeDumper):
    """Writes repeated objects in full instead of using YAML anchors."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _operation(action: Action) -> dict[str, Any]:
    declared = action.declaration
    properties, required = input_schema(action)
    in_path = re.findall(r"\{(\w+)\}", action.route)
    in_body = declared.method in ("POST", "PATCH")
    rest = {name: schema for name, schema in properties.items() if name not in in_path}
    parameters = [_parameter(name, "path", properties[name], required=True) for name in in_path]
    found: dict[str, Any] = {
        "operationId": action.name,
        "summary": action.summary,
        "description": describe(action),
        "tags": [action.family],
        "x-calendly-scope": declared.scope,
    }
    if not in_body:
        parameters += [_parameter(n, "query", schema, required=n in required) for n, schema in rest.items()]
    found["parameters"] = parameters
    if in_body:
        body: dict[str, Any] = {"type": "object", "properties": rest, "additionalProperties": False}
        if needed := [name for name in required if name in rest]:
            body["required"] = needed
        example = {name: value for name, value in (declared.example or {}).items() if name in rest}
        content = {"application/json": {"schema": body, **({"example": example} if example else {})}}
        found["requestBody"] = {"required": bool(needed), "content": content}
    found["responses"] = _responses(action)
    return found


def describe(action: Action) -> str:
    """What an action does, who may do it, and whether it can be repeated."""
    declared = action.declaration
    says = [action.description]
    if declared.role:
        says.append(f"This requires {declared.role}.")
    if declared.plan:
        says.append(f"This requires {declared.plan}.")
    if action.confirmed:
        says.append("This cannot be undone and needs confirm: true.")
    if action.writes:
        says.append(
            "Idempotent: sending it again has the same effect."
            if declared.repeatable
            else "A repeat with the same idempotency_key is safe."
            if action.creates
            else "Not idempotent: sending it again repeats the effect."
        )
    return "\n\n".join(says)


def input_schema(action: Action) -> tuple[dict[str, Any], list[str]]:
    """The properties of an action's input by name, and the names of the required ones."""
    schema = action.model.model_json_schema(ref_template=REF)
    definitions = schema.get("$defs", {})
    return (
        {name: _plain(each, definitions) for name, each in schema["properties"].items()},
        schema.get("required", []),
    )


def _parameter(name: str, where: str, schema: dict[str, Any], *, required: bool) -> dict[str, Any]:
    description = schema.pop("description", None)
    # A path is always given whole; generated clients put arguments with a default after those without.
    example = {"example": schema.pop("default")} if where == "path" and "default" in schema else {}
    return {
        "name": name,
        "in": where,
        "required": required,
        **({"description": description} if description else {}),
        **example,
        # Commas between: a name that is given twice would have to say the same twice.
        **({"style": "form", "explode": False} if schema.get("type") == "array" else {}),
        "schema": schema,
    }


def _plain(schema: Any, definitions: dict[str, Any]) -> Any:
    """A schema without titles and nulls (a null counts as not given), with references resolved."""
    if isinstance(schema, list):
        return [_plain(each, definitions) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        return _plain({**definitions[name], **rest}, definitions)
    found = {
        key if isinstance(value, dict) else _KEYWORDS.get(key, key): _plain(value, definitions)
        for key, value in schema.items()
        if key != "title" or not _is_text(value)
    }
    if "anyOf" in found:
        options = [option for option in found.pop("anyOf") if option.get("type") != "null"]
        found = {**(options[0] if len(options) == 1 else {"anyOf": options}), **found}
    if found.get("default", ...) is None:
        del found["default"]
    return found


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _responses(action: Action) -> dict[str, Any]:
    creates = action.declaration.method == "POST" and _output(action)[0] == "Document"
    status = "201" if creates else "200"
    responses = {status: _json("Calendly's answer.", _answer(action))}
    if action.writes:
        if status == "200":
            responses["200"] = _json("The result, or a dry run.", {"anyOf": [_answer(action), _ref("DryRun")]})
        else:
            responses["200"] = _json(
                "A dry run, or the existing resource.", {"anyOf": [_ref("DryRun"), _answer(action)]}
            )
    problem = {"application/problem+json": {"schema": _ref("Problem")}}
    for code, text in PROBLEMS.items():
        if code != 504 or action.writes:
            responses[str(code)] = {"description": text, "content": problem}
    return responses


def _json(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _ref(model: str) -> dict[str, Any]:
    return {"$ref": REF.format(model=model)}


def _answer(action: Action) -> dict[str, Any]:
    origin, model = _output(action)
    if model is None:
        return {"type": "object", "additionalProperties": True}
    if origin == "Document":
        properties = {"resource": _ref(model.__name__)}
        return {"type": "object", "required": ["resource"], "properties": properties, "additionalProperties": True}
    rows = {"type": "array", "items": _ref(model.__name__)}
    properties = {"collection": rows, "pagination": _ref("Pagination")}
    return {"type": "object", "required": ["collection"], "properties": properties, "additionalProperties": True}


def _output(action: Action) -> tuple[str, Any]:
    origin = get_origin(action.output)
    return (origin.__name__, get_args(action.output)[0]) if origin else ("", None)


def _models(actions: list[Action]) -> dict[str, Any]:
    models = sorted({model for _, model in map(_output, actions) if model is not None}, key=lambda each: each.__name__)
    _, schema = models_json_schema([(model, "validation") for model in models], ref_template=REF)
    return {name: _tidy(each) for name, each in sorted(schema.get("$defs", {}).items())}


def _tidy(schema: Any) -> Any:
    """Without titles and defaults: a model's defaults do not describe what Calendly sends."""
    if isinstance(schema, list):
        return [_tidy(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: {name: _tidy(each) for name, each in value.items()} if key == "properties" else _tidy(value)
        for key, value in schema.items()
        if key not in ("title", "default")
    }
