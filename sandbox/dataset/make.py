"""A reproducible data set: the same size and seed give the same URIs, and times around today."""

from __future__ import annotations

from sandbox.dataset.contacts import seed_contacts
from sandbox.dataset.event_types import seed_event_types
from sandbox.dataset.events import seed_events
from sandbox.dataset.own import Own, seed_bookings
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


def make(origin: str, own: Own | None = None, **size: int) -> Dataset:
    """A data set, its resources' URIs below ``origin``. What ``size`` does not say is as in ``DEFAULT_SIZE``.

    What a seed file names, ``own``, is there instead of what is made up of its kind.

    Raises:
        SeedError: an entry of the seed file refers to what is not there.
    """
    own = own or Own()
    of = {**DEFAULT_SIZE, **own.size, **size}
    ids = Ids(origin, of["seed"])
    data = Dataset(ids.uri("organizations", 0), ids.uri("organizations", 1))
    seed_people(data, ids, of["users"], of["groups"], own=own.users, organization=own.organization)
    seed_event_types(data, ids, of["event_types"], own.event_types)
    if own.bookings is None:
        seed_events(data, ids, of["events"], of["invitees"])
    else:
        seed_bookings(data, ids, own.bookings)
    seed_contacts(data, ids, of["contacts"])
    seed_records(data, ids, of["records"])
    return data
