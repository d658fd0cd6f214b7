"""Contacts of every user, with lists, notes and custom fields."""

from __future__ import annotations

from typing import Any

from sandbox.dataset.store import Dataset
from sandbox.ids import Ids
from sandbox.rows.contacts import contact_row, definition_row, list_row, note_row, option_row

_PLACES = (("Europe/Berlin", "DE", "Berlin"), ("America/New_York", "US", "New York"))


def seed_contacts(data: Dataset, ids: Ids, contacts: int) -> None:
    _definitions(data, ids)
    for owner, user in enumerate(data.users):
        for number in range(contacts):
            _contact(data, ids, user["uri"], f"{owner}/{number}", number)
        _lists(data, ids, owner, user["uri"])


def _definitions(data: Dataset, ids: Ids) -> None:
    base = f"{ids.origin}/contacts"
    options = [option_row(ids.uuid("options", number), label) for number, label in enumerate(("Lead", "Customer"))]
    sorts: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("Account number", "text", {}),
        ("Seats", "number", {}),
        ("Budget", "currency", {"currency": "EUR"}),
        ("Topics", "tags", {}),
        ("Renewal", "date", {}),
        ("Stage", "single_select", {"options": options}),
    )
    for number, (label, field_type, more) in enumerate(sorts):
        uri = ids.uri("custom_field_definitions", number, below=base)
        data.add("custom_field_definitions", definition_row(uri, label, field_type, **more))
        data.behind.owners[uri] = data.organization


def _contact(data: Dataset, ids: Ids, user: str, place: str, number: int) -> None:
    zone, country, city = _PLACES[number % len(_PLACES)]
    row = contact_row(
        ids.uri("contacts", place),
        [{"email": f"contact-{place.replace('/', '-')}@example.com", "is_primary": True}],
        [{"phone_number": f"+1 555 02{number:02d}"}] if number % 2 else [],
        name=f"Contact {place.replace('/', '-')}",
        timezone=zone,
        company=("Acme", None, "Globex")[number % 3],
        country=country,
        city=city,
    )
    data.add("contacts", row)
    data.behind.owners[row["uri"]] = user
    text, _, budget, tags, *_ = (definition["uri"] for definition in data.custom_field_definitions)
    if number % 2 == 0:
        data.behind.values[row["uri"]] = {text: f"A-{number}", budget: 85000, tags: ["new"]}
    note = note_row(ids.uri("notes", place), row["uri"], "First call", "Went well.", None)
    data.add("notes", note)
    data.behind.owners[note["uri"]] = user


def _lists(data: Dataset, ids: Ids, owner: int, user: str) -> None:
    sorts = (
        ("All Contacts", "dynamic_view", None),
        ("In Berlin", "dynamic_view", ("city", "Berlin")),
        ("Customers", "static_list", None),
    )
    for number, (name, kind, view) in enumerate(sorts):
        row = list_row(ids.uri("contact_lists", f"{owner}/{number}"), name, kind)
        data.add("contact_lists", row)
        data.behind.owners[row["uri"]] = user
        if view is not None:
            data.behind.view[row["uri"]] = view
    mine = [row["uri"] for row in data.contacts if data.behind.owners[row["uri"]] == user]
    data.behind.on_list[row["uri"]] = mine[:2]
