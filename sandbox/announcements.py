"""Who is told of what happened: the webhook subscriptions that an event concerns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sandbox.rows.base import Row, stamp
from sandbox.rows.webhooks import delivery_document
from sandbox.world import World


def announce(world: World, name: str, payload: Row, users: Iterable[str]) -> None:
    """Deliver an event to every active subscription that is for it. ``users`` are the URIs of those it is about."""
    concerned, created = set(users), _moment(world, name, payload)
    for subscription in world.data.webhook_subscriptions:
        if subscription["state"] != "active" or name not in subscription["events"]:
            continue
        if _concerns(world, subscription, concerned):
            document = delivery_document(name, payload, subscription["creator"], created)
            world.deliveries.deliver(subscription, document, world.signing_keys.get(subscription["uri"]))


def _moment(world: World, name: str, payload: Row) -> str:
    """When it happened, in whole seconds. What happens to the same thing again is a second later at least."""
    moment = datetime.now(UTC).replace(microsecond=0)
    about = (name, str(payload.get("uri")))
    if about in world.told:
        moment = max(moment, world.told[about] + timedelta(seconds=1))
    world.told[about] = moment
    return stamp(moment)


def _concerns(world: World, subscription: Row, users: set[str]) -> bool:
    if subscription["scope"] == "user":
        return subscription["user"] in users
    if subscription["scope"] == "group":
        return bool(world.data.group_members(subscription["group"]) & users)
    people = (world.data.get(user) or {} for user in users)
    return subscription["organization"] in {person.get("current_organization") for person in people}
