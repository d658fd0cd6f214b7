"""``/meeting_recaps``: a user's own, on paid plans."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from sandbox import params
from sandbox.announcements import announce
from sandbox.errors import ApiError
from sandbox.operations import Caller, find, operation, resource
from sandbox.pagination import by, paginate
from sandbox.plans import must_be_paid
from sandbox.rows.base import Row, now, stamp

blueprint = Blueprint("meeting_recaps", __name__)

TEXTS = ("summary_md", "action_items_md", "discussion_md")
NOT_LISTED = (*TEXTS, "share_link")


@operation(blueprint, "GET", "/meeting_recaps", scope="meeting_recaps:read")
def list_recaps(caller: Caller) -> dict[str, Any]:
    must_be_paid(caller.own_organization)
    event = params.uri("event", "scheduled_events")
    start, end = params.moment("start_time"), params.moment("end_time")
    status = params.text("status", choices=("available", "processing", "unavailable"))
    attendee = params.query().email("attendee")
    data = params.world().data
    rows = [
        {name: value for name, value in row.items() if name not in NOT_LISTED}
        for row in data.meeting_recaps
        if data.behind.owners[row["uri"]] == caller.uri
        and (event is None or row["event"] == event)
        and (start is None or row["start_time"] >= stamp(start))
        and (end is None or row["end_time"] <= stamp(end))
        and (status is None or row["status"].lower() == status)
        and (attendee is None or attendee in [person["user_email"] for person in row["attendees"]])
    ]
    return paginate(by(rows, [("start_time", True)]))


@operation(blueprint, "GET", "/meeting_recaps/{uuid}", scope="meeting_recaps:read")
def retrieve(caller: Caller, uuid: str) -> Response:
    return resource(_mine(caller, uuid))


@operation(blueprint, "GET", "/meeting_recaps/{uuid}/transcript", scope="meeting_recaps:read")
def retrieve_transcript(caller: Caller, uuid: str) -> Response:
    _mine(caller, uuid)
    return resource(find("meeting_recaps", f"{uuid}/transcript"))


@operation(blueprint, "PATCH", "/meeting_recaps/{uuid}", scope="meeting_recaps:write")
def update(caller: Caller, uuid: str) -> Response:
    row = _mine(caller, uuid)
    body = params.body(nulls=True)
    body.only(*TEXTS)
    sent = {name: body.text(name) for name in TEXTS if body.says(name)}
    if not sent:
        raise ApiError(400)
    row.update(sent, updated_at=now())
    _tell(caller, "updated", row)
    return resource(row)


@operation(blueprint, "DELETE", "/meeting_recaps/{uuid}", scope="meeting_recaps:write")
def delete(caller: Caller, uuid: str) -> Response:
    row = _mine(caller, uuid)
    data = params.world().data
    data.remove("meeting_recaps", row)
    del data.index[f"meeting_recaps/{uuid}/transcript"]
    _tell(caller, "deleted", row)
    return Response(status=204)


def _mine(caller: Caller, uuid: str) -> Row:
    must_be_paid(caller.own_organization)
    row = find("meeting_recaps", uuid)
    if params.world().data.behind.owners[row["uri"]] != caller.uri:
        raise ApiError(403)
    return row


def _tell(caller: Caller, verb: str, row: Row) -> None:
    announce(params.world(), f"meeting_recap.{verb}", recap_payload(verb, row), [caller.uri])


def recap_payload(verb: str, row: Row) -> Row:
    return {"created_at": row["created_at"], "event": f"meeting_recap.{verb}", "recap": row}
