"""``/contacts/custom_field_definitions``: the organization's, not paged."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response

from sandbox import params
from sandbox.contacts import definitions_of
from sandbox.errors import ApiError
from sandbox.fields import Fields
from sandbox.operations import Caller, find, new_uri, operation, resource
from sandbox.rows.base import Row, in_order, now
from sandbox.rows.contacts import definition_row, option_row

blueprint = Blueprint("custom_fields", __name__)

FIELD_TYPES = ("text", "number", "currency", "tags", "date", "single_select")


@operation(blueprint, "GET", "/contacts/custom_field_definitions", scope="contacts:read")
def list_definitions(caller: Caller) -> dict[str, Any]:
    return {"collection": [in_order(row) for row in definitions_of(params.world(), caller.organization)]}


@operation(blueprint, "GET", "/contacts/custom_field_definitions/{uuid}", scope="contacts:read")
def retrieve_definition(caller: Caller, uuid: str) -> Response:
    row = find("contacts/custom_field_definitions", uuid)
    if row not in definitions_of(params.world(), caller.organization):
        raise ApiError(403)
    return resource(row)


@operation(blueprint, "POST", "/contacts/custom_field_definitions", scope="contacts:write")
def create_definition(caller: Caller) -> Response:
    body = params.body()
    body.only("label", "field_type", "options", "currency")
    label = body.need("label", longest=255)
    kind = body.text("field_type", required=True, choices=FIELD_TYPES) or ""
    for name, owner in (("options", "single_select"), ("currency", "currency")):
        if body.says(name) and kind != owner:
            raise body.fail(name, f"is not allowed for {kind}")
    options, currency = None, None
    if kind == "single_select":
        options = [_option(each) for each in body.objects("options", required=True, most=10) or ()]
    if kind == "currency":
        currency = body.need("currency").upper()
        if not re.fullmatch("[A-Z]{3}", currency):
            raise body.fail("currency", "is not a currency")
    if not caller.is_admin:
        raise ApiError(403)
    data = params.world().data
    if label.casefold() in [row["label"].casefold() for row in definitions_of(params.world(), caller.organization)]:
        detail = {"parameter": "label", "message": "has already been taken"}
        raise ApiError(409, details=[detail])
    uri = new_uri("contacts/custom_field_definitions")
    row = definition_row(uri, label, kind, options=options, currency=currency, created=now())
    data.add("custom_field_definitions", row)
    data.behind.owners[uri] = caller.organization
    return resource(row, status=201)


def _option(fields: Fields) -> Row:
    fields.only("label")
    return option_row(str(uuid4()), fields.need("label"))
