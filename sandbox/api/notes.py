"""``/notes``: only who wrote a note reads it."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response

from sandbox import params
from sandbox.api.contacts import mine
from sandbox.errors import ApiError
from sandbox.operations import Caller, find, known, new_uri, operation, resource
from sandbox.pagination import by, paginate
from sandbox.rows.base import now, stamp
from sandbox.rows.contacts import note_row

blueprint = Blueprint("notes", __name__)

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


@operation(blueprint, "GET", "/notes", scope="contacts:read")
def list_notes(caller: Caller) -> dict[str, Any]:
    query = params.query()
    query.only("contact", "count", "page_token")
    asked = params.several("contact")
    if not 1 <= len(asked) <= 10:
        raise query.fail("contact", "must be 1 to 10 contacts" if asked else "is missing")
    contacts = [mine(caller, known(query.reference("contact", each, "contacts")))["uri"] for each in asked]
    data = params.world().data
    own = [row for row in data.notes if row["contact"] in contacts and data.behind.owners[row["uri"]] == caller.uri]
    return paginate(by(own, [("updated_at", True)]))


@operation(blueprint, "POST", "/notes", scope="contacts:write")
def create_note(caller: Caller) -> Response:
    body = params.body()
    contact = mine(caller, known(body.uri("contact", "contacts", required=True)))
    title, text = (body.text("title", longest=255) or "").strip(), (body.text("body", longest=10_000) or "").strip()
    if not (title or text):
        raise body.fail("body", "title or body must be filled")
    reminder = body.text("remind_at")
    if reminder is not None and not _RFC3339.fullmatch(reminder):
        raise body.fail("remind_at", "must be an RFC 3339 date-time")
    moment = body.moment("remind_at")
    if moment is not None and caller.own_organization["stage"] != "paid":
        raise ApiError(403)
    data, at = params.world().data, stamp(moment) if moment else None
    row = note_row(new_uri("notes"), contact["uri"], title or None, text or None, at, created=now())
    data.add("notes", row)
    data.behind.owners[row["uri"]] = caller.uri
    return resource(row, status=201)


@operation(blueprint, "GET", "/notes/{uuid}", scope="contacts:read")
def retrieve_note(caller: Caller, uuid: str) -> Response:
    row = find("notes", uuid)
    if params.world().data.behind.owners[row["uri"]] != caller.uri:
        raise ApiError(404)
    return resource(row)
