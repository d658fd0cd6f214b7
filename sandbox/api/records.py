"""``/activity_log_entries`` and ``/outgoing_communications``, and deletion for compliance: all of it Enterprise."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, jsonify

from sandbox import params
from sandbox.errors import ApiError
from sandbox.journal import log
from sandbox.operations import Caller, operation
from sandbox.pagination import by, paginate
from sandbox.plans import must_be_enterprise
from sandbox.rows.base import Row, stamp

blueprint = Blueprint("records", __name__)

MOST = 10_000
"""Entries of the activity log that are counted."""


def _administered(caller: Caller) -> str:
    organization = str(params.uri("organization", "organizations", required=True))
    if organization != caller.organization or not caller.is_admin:
        raise ApiError(403)
    must_be_enterprise(caller.own_organization)
    return organization


@operation(blueprint, "GET", "/activity_log_entries", scope="activity_log:read")
def list_entries(caller: Caller) -> dict[str, Any]:
    organization = _administered(caller)
    term = params.query().text("search_term", longest=300)
    earliest, latest = params.moment("min_occurred_at"), params.moment("max_occurred_at")
    actors = [params.query().reference("actor", actor, "users") for actor in params.several("actor")]
    namespaces, actions = params.several("namespace"), params.several("action")
    rows = [
        row
        for row in params.world().data.activity_log_entries
        if row["organization"] == organization
        and (not actors or row["actor"].get("uri") in actors)
        and (not namespaces or row["namespace"] in namespaces)
        and (not actions or row["action"] in actions)
        and (earliest is None or row["occurred_at"] >= stamp(earliest))
        and (latest is None or row["occurred_at"] <= stamp(latest))
        and (term is None or _matches(term, str(row).lower()))
    ]
    page = paginate(_sorted(rows), most=1000)
    last = max((row["occurred_at"] for row in rows), default=None)
    exceeds = len(rows) > MOST
    counted = {"total_count": min(len(rows), MOST), "exceeds_max_total_count": exceeds, "last_event_time": last}
    return {**page, **counted}


def _sorted(rows: list[Row]) -> list[Row]:
    names = ("action", "actor.display_name", "actor.uri", "namespace", "occurred_at")
    order = params.sort(names, "occurred_at:desc")
    flat = [{**row, **{f"actor.{name}": row["actor"].get(name) for name in ("display_name", "uri")}} for row in rows]
    ordered = by(flat, order)
    return [{name: value for name, value in row.items() if not name.startswith("actor.")} for row in ordered]


def _matches(term: str, text: str) -> bool:
    """Words that all have to be there, with ``|`` for or, ``-`` for not, ``"..."`` for phrases, ``*`` for the rest."""
    for side in re.sub(r"[()]", " ", term.lower()).split("|"):
        words = [phrase or word for phrase, word in re.findall(r'(-?"[^"]*")|([^\s+]+)', side)]
        if words and all(_holds(word, text) for word in words):
            return True
    return False


def _holds(word: str, text: str) -> bool:
    bare = word.removeprefix("-").strip('"')
    pattern = r"\b" + re.escape(bare.rstrip("*")) + ("" if bare.endswith("*") else r"\b")
    return bool(re.search(pattern, text)) is not word.startswith("-")


@operation(blueprint, "GET", "/outgoing_communications", scope="outgoing_communications:read")
def list_communications(caller: Caller) -> dict[str, Any]:
    organization = _administered(caller)
    earliest, latest = params.moment("min_created_at"), params.moment("max_created_at")
    data = params.world().data
    rows = [
        row
        for row in data.outgoing_communications
        if data.known(row["sender_uri"])["current_organization"] == organization
        and (earliest is None or row["created_at"] >= stamp(earliest))
        and (latest is None or row["created_at"] <= stamp(latest))
    ]
    return {**paginate(rows), "total_count": len(rows)}


@operation(blueprint, "POST", "/data_compliance/deletion/invitees", scope="data_compliance:write")
def delete_invitees(caller: Caller) -> Response:
    """Calendly takes up to seven days; here they are gone at once."""
    body = params.body()
    emails = body.emails("emails", required=True)
    _must_comply(caller)
    data = params.world().data
    people = [row for rows in data.invitees.values() for row in rows if row["email"] in emails]
    for invitee in people:
        if data.belongs(data.known(invitee["event"]), caller.organization):
            data.remove_invitee(invitee)
    data.outgoing_communications[:] = [row for row in data.outgoing_communications if row["to"] not in emails]
    log(params.world(), caller.user, "Compliance.Data_Deletion_Requested", type="Invitee list", emails=emails)
    return _accepted()


@operation(blueprint, "POST", "/data_compliance/deletion/events", scope="data_compliance:write")
def delete_events(caller: Caller) -> Response:
    body = params.body()
    start, end = body.time("start_time"), body.time("end_time")
    if end <= start:
        raise body.fail("start_time", "start_time must be before end_time")
    if end > datetime.now(UTC):
        raise body.fail("end_time", "end_time must be in the past")
    if end - start > timedelta(days=731):
        raise body.fail("end_time", "date range can be no greater than 24 months")
    _must_comply(caller)
    data = params.world().data
    within = [row for row in data.scheduled_events if stamp(start) <= row["start_time"] <= stamp(end)]
    gone = [row for row in within if data.belongs(row, caller.organization)]
    for event in gone:
        data.remove_event(event)
    uris = {event["uri"] for event in gone}
    data.outgoing_communications[:] = [row for row in data.outgoing_communications if row["event_uri"] not in uris]
    log(params.world(), caller.user, "Compliance.Data_Deletion_Requested", type="Event range", count=len(gone))
    return _accepted()


def _must_comply(caller: Caller) -> None:
    caller.must_administer(caller.organization)
    must_be_enterprise(caller.own_organization)


def _accepted() -> Response:
    answer = jsonify({})
    answer.status_code = 202
    return answer
