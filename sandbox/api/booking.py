"""``POST /invitees``: the Scheduling API."""

from __future__ import annotations

import time
from datetime import timedelta

from flask import Blueprint, Response

from sandbox import params
from sandbox.api.event_types import visible
from sandbox.bookings import book
from sandbox.errors import ApiError
from sandbox.fields import Fields
from sandbox.journal import log
from sandbox.operations import Caller, known, operation, resource
from sandbox.plans import bookings_allowed
from sandbox.rows.base import Row
from sandbox.rows.events import TRACKING
from sandbox.rows.locations import CONFERENCES, location_row
from sandbox.slots import slots

blueprint = Blueprint("booking", __name__)


@operation(blueprint, "POST", "/invitees", scope="scheduled_events:write")
def create(caller: Caller) -> Response:
    body = params.body()
    event_type = visible(caller, known(body.uri("event_type", "event_types", required=True)))
    start = body.time("start_time")
    person = body.object("invitee", required=True) or body
    email, zone = person.email("email", required=True), person.zone("timezone", required=True)
    first, last = person.text("first_name"), person.text("last_name")
    name = person.text("name") or " ".join(part for part in (first, last) if part)
    if not name:
        raise person.fail("name", "is missing")
    location = _location(body, event_type)
    answers = _answers(body, event_type)
    tracking = _tracking(body)
    guests = body.emails("event_guests", most=10)
    slot = next(iter(slots(params.world(), event_type, start, start + timedelta(seconds=1))), None)
    if slot is None or slot.start != start:
        raise body.fail("start_time", "That start time has been filled")
    _count(caller)
    names: Row = {"first_name": first, "last_name": last} if first else {}
    invitee = book(
        params.world(),
        event_type,
        start,
        hosts=slot.hosts,
        event=slot.event,
        location=location,
        guests=guests,
        name=name,
        email=email,
        timezone=zone,
        questions_and_answers=answers,
        tracking=tracking,
        text_reminder_number=person.text("text_reminder_number"),
        scheduling_method="api",
        invitee_scheduled_by=caller.uri,
        **names,
    )
    log(params.world(), caller.user, "Event.Scheduled", event=invitee["event"])
    return resource(invitee, status=201)


def _location(body: Fields, event_type: Row) -> Row:
    """The location that was chosen, or the only one that the event type has."""
    offered = {location["kind"]: location for location in event_type["locations"] or ()}
    chosen = body.object("location")
    if chosen is None:
        if len(offered) > 1 and event_type["pooling_type"] != "round_robin":
            raise body.fail("location", "is missing")
        kind = next(iter(offered), "custom")
        if kind in ("outbound_call", "ask_invitee"):
            raise body.fail("location.location", "is missing")
        place = offered.get(kind, {})
        return location_row(
            kind, place.get("location") or place.get("phone_number"), place.get("additional_info", ""), fresh=True
        )
    if event_type["pooling_type"] == "round_robin":
        raise body.fail("location", "is not allowed for round robin event types")
    kind = chosen.text("kind", required=True, choices=offered) or ""
    place = offered[kind]
    if kind in CONFERENCES or kind == "inbound_call":
        return location_row(kind, place.get("phone_number"), place.get("additional_info", ""), fresh=True)
    said = chosen.text("location") or place.get("location")
    if not said:
        raise chosen.fail("location", "is missing")
    return location_row(kind, said, place.get("additional_info", ""))


def _answers(body: Fields, event_type: Row) -> list[Row]:
    questions = {question["name"]: question for question in event_type["custom_questions"] if question["enabled"]}
    given = body.objects("questions_and_answers") or []
    answers: dict[str, Row] = {}
    for place, each in enumerate(given):
        question = each.text("question", required=True) or ""
        if question not in questions:
            raise each.fail("question", "is invalid")
        position = each.integer("position", 0, 100)
        answers[question] = {
            "question": question,
            "answer": each.text("answer") or "",
            "position": place if position is None else position,
        }
    for name, question in questions.items():
        if question["required"] and not answers.get(name, {}).get("answer"):
            raise body.fail("questions_and_answers", "Required Questions and Answers cannot be blank.")
    return list(answers.values())


def _tracking(body: Fields) -> Row:
    """Once there is any, all six have to be there, if only as nulls."""
    tracking = body.object("tracking")
    if tracking is None:
        return dict.fromkeys(TRACKING)
    for name in TRACKING:
        if not tracking.says(name):
            raise tracking.fail(name, "is missing")
    return {name: tracking.text(name) for name in TRACKING}


def _count(caller: Caller) -> None:
    """Refuse more bookings of a user than their organization's plan allows."""
    made = params.world().data.behind.bookings.setdefault(caller.uri, [])
    now = time.time()
    for seconds, most in bookings_allowed(caller.own_organization):
        if sum(moment > now - seconds for moment in made) >= most:
            raise ApiError(429)
    made.append(now)
