"""What an organization looks back on: recaps, routing forms, the activity log, messages, and accepted invitations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sandbox.dataset.store import Dataset
from sandbox.ids import Ids
from sandbox.rows.base import SEEDED, stamp
from sandbox.rows.people import invitation_row
from sandbox.rows.records import (
    communication_row,
    form_question_row,
    log_row,
    recap_row,
    routing_form_row,
    submission_row,
    transcript_row,
)

_HAPPENED = (
    ("User.Added", {"email": "new@example.com"}),
    ("API.Token_Created", {"name": "test token"}),
    ("EventType.Updated", {"name": "30 Minute Meeting"}),
    ("Compliance.Data_Deletion_Completed", {"emails": ["gone@example.com"]}),
)


def seed_records(data: Dataset, ids: Ids, records: int) -> None:
    _recaps(data, ids, records)
    _routing_forms(data, ids, records)
    _activity(data, ids, records)
    _communications(data, records)
    for status in ("accepted", "declined"):
        uri = ids.uri("invitations", status, below=data.organization)
        row = {**invitation_row(uri, data.organization, f"{status}@example.com"), "status": status}
        if status == "accepted":
            row["user"] = data.users[-1]["uri"]
        data.add("organization_invitations", row)


def _recaps(data: Dataset, ids: Ids, records: int) -> None:
    """Of the first events that took place, each a recap of its host's."""
    active = [
        event for event in data.scheduled_events[: len(data.scheduled_events) // 2] if event["status"] == "active"
    ]
    for number, event in enumerate(active[:records]):
        status = ("Available", "Available", "Processing", "Unavailable")[number % 4]
        recap = recap_row(ids.uri("meeting_recaps", number), event, data.invitees[event["uri"]][0], status=status)
        data.add("meeting_recaps", recap)
        data.index[f"meeting_recaps/{recap['uri'].rsplit('/', 1)[1]}/transcript"] = transcript_row(recap)
        data.behind.owners[recap["uri"]] = event["event_memberships"][0]["user"]


def _routing_forms(data: Dataset, ids: Ids, records: int) -> None:
    for number, status in enumerate(("published", "draft")):
        questions = [
            form_question_row(ids.uuid("form_questions", f"{number}/0"), "Name", "name"),
            form_question_row(
                ids.uuid("form_questions", f"{number}/1"), "What is it about?", "radios", choices=["Sales", "Support"]
            ),
        ]
        uri = ids.uri("routing_forms", number)
        data.add(
            "routing_forms",
            routing_form_row(uri, data.organization, f"Form {number + 1}", questions, status=status),
        )
    form = data.routing_forms[0]
    results = (
        {"type": "event_type", "value": data.event_types[0]["uri"]},
        {"type": "external_url", "value": "https://example.com/help"},
        {"type": "custom_message", "value": {"headline": "Thank you", "body": "We will write."}},
    )
    for number in range(records):
        event = data.scheduled_events[number] if number < len(data.scheduled_events) and number % 3 == 0 else None
        invitee = data.invitees[event["uri"]][0] if event else None
        submission = submission_row(
            ids.uri("routing_form_submissions", number),
            form,
            [f"Visitor {number}", ("Sales", "Support")[number % 2]],
            results[number % len(results)],
            submitter=invitee["uri"] if invitee else None,
        )
        data.add("routing_form_submissions", submission)
        if invitee:
            invitee["routing_form_submission"] = submission["uri"]


def _activity(data: Dataset, ids: Ids, records: int) -> None:
    now = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for number in range(records):
        name, details = _HAPPENED[number % len(_HAPPENED)]
        actor = None if name.startswith("Compliance") else data.users[number % min(2, len(data.users))]
        data.add(
            "activity_log_entries",
            log_row(
                ids.uri("activity_log_entries", number),
                name,
                actor,
                (data.role(actor["uri"]) or "user") if actor else "",
                data.organization,
                stamp(now - timedelta(hours=records - number)),
                **details,
            ),
        )


def _communications(data: Dataset, records: int) -> None:
    for event in data.scheduled_events[:records]:
        invitee = data.invitees[event["uri"]][0]
        kind = "sms" if invitee["text_reminder_number"] else "email"
        event_type = data.known(event["event_type"])
        data.outgoing_communications.append(communication_row(kind, event, invitee, event_type, sent=SEEDED))
