"""The world as bytes, and back: for a sandbox that goes on where it stopped."""

from __future__ import annotations

import pickle
from dataclasses import fields

from sandbox.world import World

_NOT_KEPT = {"origin", "lock", "deliveries", "windows", "exchanges_of", "faults"}
"""What is of one run: the address, threads, faults, what is on its way, and what was counted against limits."""


def dump(world: World) -> bytes:
    """The world's state. What is on its way to a webhook is not part of it."""
    with world.lock:
        kept = {each.name: getattr(world, each.name) for each in fields(World) if each.name not in _NOT_KEPT}
        return pickle.dumps(kept)


def load(world: World, state: bytes) -> None:
    """Put a state that ``dump`` gave into a world of the same origin. Only for bytes that are the user's own."""
    with world.lock:
        for name, value in pickle.loads(state).items():  # noqa: S301 - the caller sees to it that it is the user's own
            setattr(world, name, value)
