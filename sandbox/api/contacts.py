"""``/contacts``: every user has their own."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from sandbox import params
from sandbox.announcements import announce
from sandbox.contacts import read_values, shown
from sandbox.errors import ApiError
from sandbox.fields import Fields
from sandbox.operations import Caller, find, known, new_uri, operation, resource
from sandbox.pagination import by, paginate
from sandbox.rows.base import Row, now
from sandbox.rows.contacts import DETAILS, contact_row

blueprint = Blueprint("contacts", __name__)

FIELDS = (*DETAILS, "emails", "phone_numbers", "custom_fields")
EXACT = ("timezone", "job_title", "company", "country", "state", "city")


@operation(blueprint, "GET", "/contacts", scope="contacts:read")
def list_contacts(caller: Caller) -> dict[str, Any]:
    world, query = params.world(), params.query()
    emails = [email.lower() for email in params.several("email")]
    phone, name = query.text("phone_number"), (query.text("name") or "").lower()
    exact = {field: value for field in EXACT if (value := query.text(field)) is not None}
    contact_list, bare = query.uri("contact_list", "contact_lists"), _excludes()
    listed = members(mine(caller, known(contact_list))) if contact_list else None
    rows = [
        row
        for row in world.data.contacts
        if world.data.behind.owners[row["uri"]] == caller.uri
        and (listed is None or row["uri"] in listed)
        and (not emails or {each["email"].lower() for each in row["emails"]} & set(emails))
        and (phone is None or phone in [each["phone_number"] for each in row["phone_numbers"]])
        and name in (row["name"] or "").lower()
        and all(row[field] == value for field, value in exact.items())
    ]
    page = paginate(by(rows, params.sort(("created_at", "updated_at"), "created_at:asc")))
    page["collection"] = [shown(world, world.data.known(row["uri"]), bare=bare) for row in page["collection"]]
    return page


@operation(blueprint, "POST", "/contacts", scope="contacts:write")
def create(caller: Caller) -> Response:
    world, body = params.world(), params.body()
    body.only(*FIELDS)
    body.need("name")
    changes = _changes(body)
    emails = _emails(body, required=True) or []
    values = read_values(world, body, caller.organization)
    _must_be_new(caller, emails, None)
    row = contact_row(new_uri("contacts"), emails, _phones(body) or [], created=now(), **changes)
    world.data.add("contacts", row)
    world.data.behind.owners[row["uri"]] = caller.uri
    world.data.behind.values[row["uri"]] = values
    _tell(caller, "created", shown(world, row))
    return resource(shown(world, row), status=201)


@operation(blueprint, "GET", "/contacts/{uuid}", scope="contacts:read")
def retrieve(caller: Caller, uuid: str) -> Response:
    return resource(shown(params.world(), mine(caller, find("contacts", uuid)), bare=_excludes()))


@operation(blueprint, "PATCH", "/contacts/{uuid}", scope="contacts:write")
def update(caller: Caller, uuid: str) -> Response:
    world, body = params.world(), params.body(nulls=True)
    row = mine(caller, find("contacts", uuid))
    body.only(*FIELDS)
    if not body.values:
        raise ApiError(400)
    if body.says("name"):
        body.need("name")
    changes = _changes(body)
    for name, read in (("emails", _emails), ("phone_numbers", _phones)):
        sent = read(body)
        if sent is not None:
            changes[name] = sent
    values = read_values(world, body, caller.organization)
    _must_be_new(caller, changes.get("emails", []), row)
    row.update(changes, updated_at=now())
    world.data.behind.values.setdefault(row["uri"], {}).update(values)
    _tell(caller, "updated", shown(world, row))
    return resource(shown(world, row))


@operation(blueprint, "DELETE", "/contacts/{uuid}", scope="contacts:write")
def delete(caller: Caller, uuid: str) -> Response:
    data, row = params.world().data, mine(caller, find("contacts", uuid))
    data.remove("contacts", row)
    for contacts in data.behind.on_list.values():
        if row["uri"] in contacts:
            contacts.remove(row["uri"])
    for note in [each for each in data.notes if each["contact"] == row["uri"]]:
        data.remove("notes", note)
    _tell(caller, "deleted", {"uri": row["uri"], "deleted_at": now()})
    return Response(status=204)


def mine(caller: Caller, row: Row) -> Row:
    """A contact or a list of the caller's; another's is a 403."""
    if params.world().data.behind.owners[row["uri"]] != caller.uri:
        raise ApiError(403)
    return row


def members(contact_list: Row) -> set[str]:
    """The contacts on a List, or in a View."""
    data, uri = params.world().data, contact_list["uri"]
    if contact_list["type"] == "static_list":
        return set(data.behind.on_list.get(uri, ()))
    field, value = data.behind.view.get(uri, ("", None))
    owner = data.behind.owners[uri]
    whole = [row for row in data.contacts if data.behind.owners[row["uri"]] == owner]
    return {row["uri"] for row in whole if not field or row[field] == value}


def _excludes() -> bool:
    return params.text("exclude", choices=("custom_fields",)) is not None


def _changes(body: Fields) -> Row:
    body.zone("timezone")
    return {name: body.text(name, longest=255) for name in DETAILS if body.says(name)}


def _emails(body: Fields, *, required: bool = False) -> list[Row] | None:
    sent = body.objects("emails", required=required, most=10)
    if sent is None:
        return None
    rows: list[Row] = []
    for each in sent:
        primary = bool(each.boolean("is_primary"))
        rows.append({"email": each.email("email", required=True), "is_primary": primary})
    if sum(bool(row["is_primary"]) for row in rows) != 1:
        raise body.fail("emails", "must have exactly one primary email")
    return rows


def _phones(body: Fields) -> list[Row] | None:
    sent = body.objects("phone_numbers", most=10)
    return None if sent is None else [{"phone_number": each.need("phone_number")} for each in sent]


def _must_be_new(caller: Caller, emails: list[Row], itself: Row | None) -> None:
    """No two contacts of a user share an address."""
    data = params.world().data
    wanted = {row["email"].lower() for row in emails}
    others = (row for row in data.contacts if row is not itself and data.behind.owners[row["uri"]] == caller.uri)
    if any(wanted & {each["email"].lower() for each in row["emails"]} for row in others):
        raise ApiError(409)


def _tell(caller: Caller, verb: str, contact: Row) -> None:
    payload = {"user_uuid": caller.uri.rsplit("/", 1)[1], "contact": contact}
    announce(params.world(), f"contact.{verb}", payload, [caller.uri])
