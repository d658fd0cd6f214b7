"""A reproducible data set: the same size and seed give the same URIs, and times around today."""

from __future__ import annotations

from sandbox.dataset.contacts import seed_contacts
from sandbox.dataset.event_types import seed_event_types
from sandbox.dataset.events import seed_events
from sandbox.dataset.people import seed_people
from sandbox.dataset.records import seed_records
from sandbox.dataset.store import Dataset
from sandbox.ids import Ids

DEFAULT_SIZE = {
    "users": 5,
    "events": 60,
    "event_types": 3,
    "groups": 2,
    "invitees": 3,
    "contacts": 4,
    "records": 25,
    "seed": 1,
}
"""How many there are of each: event types and contacts by user, invitees by group event, and records of every sort
that is kept by organization (activity log, communications, submissions of a form, recaps). Then the seed of the ids."""


def make(origin: str, **size: int) -> Dataset:
    """A data set, its resources' URIs below ``origin``. What ``size`` does not say is as in ``DEFAULT_SIZE``."""
    of = {**DEFAULT_SIZE, **size}
    ids = Ids(origin, of["seed"])
    data = Dataset(ids.uri("organizations", 0), ids.uri("organizations", 1))
    seed_people(data, ids, of["users"], of["groups"])
    seed_event_types(data, ids, of["event_types"])
    seed_events(data, ids, of["events"], of["invitees"])
    seed_contacts(data, ids, of["contacts"])
    seed_records(data, ids, of["records"])
    return data
