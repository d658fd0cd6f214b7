"""``/locations``: where a user can meet. It is not paged."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from sandbox import params
from sandbox.operations import Caller, operation
from sandbox.rows.locations import CONFERENCES

blueprint = Blueprint("locations", __name__)


@operation(blueprint, "GET", "/locations", scope="locations:read")
def list_locations(caller: Caller) -> dict[str, Any]:
    """Every kind; of the conferences, Google's and Zoom's are connected."""
    caller.must_be(str(params.uri("user", "users", required=True)))
    others = ("physical", "ask_invitee", "custom", "outbound_call", "inbound_call")
    connected = ("google_conference", "zoom_conference")
    conferences = [{"kind": kind, "connected": kind in connected} for kind in CONFERENCES]
    return {"collection": [*({"kind": kind} for kind in others), *conferences]}
