"""A reproducible data set: the same size and seed give the same URIs, and times around today."""

from __future__ import annotations

from sandbox.dataset.event_types import seed_event_types
from sandbox.dataset.events import seed_events
from sandbox.dataset.people import seed_people
from sandbox.dataset.store import Dataset
from sandbox.ids import Ids

DEFAULT_SIZE = {"users": 5, "events": 60, "event_types": 3, "groups": 2, "invitees": 3, "seed": 1}
"""How many there are of each, event types by user and invitees by group event; and the seed of the ids."""


def make(origin: str, *, users: int, events: int, event_types: int, groups: int, invitees: int, seed: int) -> Dataset:
    """A data set of the given size, its resources' URIs below ``origin``."""
    ids = Ids(origin, seed)
    data = Dataset(ids.uri("organizations", 0), ids.uri("organizations", 1))
    seed_people(data, ids, users, groups)
    seed_event_types(data, ids, event_types)
    seed_events(data, ids, events, invitees)
    return data
