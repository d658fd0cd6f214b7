"""``/contact_lists``: Lists are filled by hand, Views are saved filters."""

from __future__ import annotations

import unicodedata
from typing import Any

from flask import Blueprint, Response

from sandbox import params
from sandbox.api.contacts import members, mine
from sandbox.errors import ApiError
from sandbox.operations import Caller, find, new_uri, operation, resource
from sandbox.rows.base import Row, in_order, now
from sandbox.rows.contacts import list_row

blueprint = Blueprint("contact_lists", __name__)

MOST_LISTS = 25


@operation(blueprint, "GET", "/contact_lists", scope="contacts:read")
def list_lists(caller: Caller) -> dict[str, Any]:
    kind = params.text("type", choices=("static_list", "dynamic_view"))
    rows = [_counted(row) for row in _lists(caller) if kind is None or row["type"] == kind]
    links = dict.fromkeys(("next_page", "next_page_token", "previous_page", "previous_page_token"))
    return {"collection": rows, "pagination": {"count": len(rows), **links}}


@operation(blueprint, "POST", "/contact_lists", scope="contacts:write")
def create_list(caller: Caller) -> Response:
    body = params.body()
    name = body.need("name", longest=255)
    contacts = body.items("contacts", most=500)
    _must_be_free(caller, name, None)
    if len(_lists(caller)) >= MOST_LISTS:
        raise ApiError(409)
    data = params.world().data
    row = list_row(new_uri("contact_lists"), name, "static_list", created=now())
    data.add("contact_lists", row)
    data.behind.owners[row["uri"]] = caller.uri
    data.behind.on_list[row["uri"]] = []
    result = None if contacts is None else _put_on(caller, row, contacts)
    return resource({**_counted(row), "membership_result": result}, status=201)


@operation(blueprint, "GET", "/contact_lists/{uuid}", scope="contacts:read")
def retrieve_list(caller: Caller, uuid: str) -> Response:
    return resource(_counted(mine(caller, find("contact_lists", uuid))))


@operation(blueprint, "PATCH", "/contact_lists/{uuid}", scope="contacts:write")
def rename_list(caller: Caller, uuid: str) -> Response:
    row = mine(caller, find("contact_lists", uuid))
    name = params.body().need("name", longest=255)
    if row["type"] == "static_list":
        _must_be_free(caller, name, row)
    elif row["name"] == "All Contacts":
        raise ApiError(409)
    row.update(name=name, updated_at=now())
    return resource(_counted(row))


@operation(blueprint, "POST", "/contact_lists/{uuid}/memberships", scope="contacts:write")
def add_members(caller: Caller, uuid: str) -> Response:
    return resource(_put_on(caller, _static(caller, uuid), _contacts()))


@operation(blueprint, "POST", "/contact_lists/{uuid}/memberships/removal", scope="contacts:write")
def remove_members(caller: Caller, uuid: str) -> Response:
    row = _static(caller, uuid)
    own, invalid = _own(caller, _contacts())
    listed = params.world().data.behind.on_list[row["uri"]]
    listed[:] = [contact for contact in listed if contact not in own]
    return resource({"invalid": invalid})


def _contacts() -> list[Any]:
    return params.body().items("contacts", required=True, most=500) or []


def _lists(caller: Caller) -> list[Row]:
    data = params.world().data
    return [row for row in data.contact_lists if data.behind.owners[row["uri"]] == caller.uri]


def _counted(row: Row) -> Row:
    return in_order({**row, "contact_count": len(members(row)) if row["type"] == "static_list" else None})


def _static(caller: Caller, uuid: str) -> Row:
    row = mine(caller, find("contact_lists", uuid))
    if row["type"] != "static_list":
        raise ApiError(409)
    return row


def _must_be_free(caller: Caller, name: str, itself: Row | None) -> None:
    taken = [_plain(row["name"]) for row in _lists(caller) if row is not itself and row["type"] == "static_list"]
    if _plain(name) in taken:
        raise ApiError(409)


def _plain(name: str) -> str:
    """A name without case, accents and outer spaces."""
    split = unicodedata.normalize("NFKD", name.strip().casefold())
    return "".join(character for character in split if not unicodedata.combining(character))


def _put_on(caller: Caller, row: Row, contacts: list[Any]) -> Row:
    own, invalid = _own(caller, contacts)
    listed = params.world().data.behind.on_list[row["uri"]]
    listed += [contact for contact in own if contact not in listed]
    return {"invalid": invalid}


def _own(caller: Caller, contacts: list[Any]) -> tuple[list[str], int]:
    """Those of some contacts that are the caller's, each once, and how many others there are."""
    data, own, others = params.world().data, [], 0
    for contact in dict.fromkeys(map(str, contacts)):
        try:
            uri = params.query().reference("contacts", contact, "contacts")
        except ApiError:
            others += 1
            continue
        if data.get(uri) is not None and data.behind.owners.get(uri) == caller.uri:
            own.append(uri)
        else:
            others += 1
    return own, others
