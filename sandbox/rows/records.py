"""What is kept of the past: the activity log, communications, recaps of meetings, routing forms and their answers."""

from __future__ import annotations

from typing import Any

from sandbox.rows.base import SEEDED, Row
from sandbox.rows.events import TRACKING


def log_row(  # noqa: PLR0917 - positional so that details may have any name
    uri: str, name: str, actor: Row | None, role: str, organization: str, occurred: str, /, **details: Any
) -> Row:
    """``name`` is ``Namespace.Action``; without an actor, Calendly itself acted."""
    namespace, _, action = name.partition(".")
    by: Row = {"type": "System", "display_name": "Calendly System"}
    if actor is not None:
        by = {
            "uri": actor["uri"],
            "type": "User",
            "organization": {"uri": organization, "role": role},
            "display_name": actor["name"],
            "alternative_identifier": actor["email"],
        }
    return {
        "occurred_at": occurred,
        "actor": by,
        "details": details,
        "organization": organization,
        "fully_qualified_name": name,
        "namespace": namespace,
        "action": action,
        "uri": uri,
    }


def communication_row(kind: str, event: Row, invitee: Row, event_type: Row, *, sent: str) -> Row:
    """An e-mail or a text message to somebody who booked."""
    host = event["event_memberships"][0]
    email = kind == "email"
    return {
        "type": kind,
        "to": invitee["email"] if email else invitee["text_reminder_number"] or "+1 555 0142",
        "from": "notifications@calendly.example" if email else "+1 555 0100",
        "subject": f"Confirmed: {event['name']} with {host['user_name']}" if email else None,
        "body": f"{event['name']} with {host['user_name']} at {event['start_time']}",
        "sender_uri": host["user"],
        "sender_email": host["user_email"],
        "event_type_uri": event_type["uri"],
        "event_uri": event["uri"],
        "sent_at": sent,
        "created_at": sent,
        "scheduling_url": event_type["scheduling_url"],
    }


def recap_row(uri: str, event: Row, invitee: Row, *, status: str) -> Row:
    host = event["event_memberships"][0]
    ready = status == "Available"
    identity = uri.rsplit("/", 1)[1]
    return {
        "uri": uri,
        "app_url": f"https://calendly.com/app/meeting_recaps/{identity}",
        "event": event["uri"],
        "status": status,
        "name": event["name"],
        "location": event["location"],
        "start_time": event["start_time"],
        "end_time": event["end_time"],
        "created_at": event["end_time"],
        "updated_at": event["end_time"],
        "attendees": [
            {"host": True, "user_email": host["user_email"], "user_name": host["user_name"]},
            {"host": False, "user_email": invitee["email"], "user_name": invitee["name"]},
        ],
        "summary_md": "## Summary\n\nThe project goes ahead." if ready else None,
        "action_items_md": f"- [ ] {host['user_name']} sends the offer" if ready else None,
        "discussion_md": "We talked about the offer." if ready else None,
        "transcript": f"{uri}/transcript",
        "share_link": f"https://calendly.com/recaps/{identity}" if ready else None,
    }


def transcript_row(recap: Row) -> Row:
    host, guest = (attendee["user_name"] for attendee in recap["attendees"])
    return {"uri": recap["transcript"], "text": f"{host}: Welcome!\n{guest}: Thank you.\n{host}: Let us begin."}


def routing_form_row(uri: str, organization: str, name: str, questions: list[Row], *, status: str) -> Row:
    return {
        "uri": uri,
        "organization": organization,
        "name": name,
        "status": status,
        "questions": questions,
        "created_at": SEEDED,
        "updated_at": SEEDED,
    }


def form_question_row(uuid: str, name: str, kind: str, *, choices: list[str] | None = None) -> Row:
    return {"uuid": uuid, "name": name, "type": kind, "required": True, "answer_choices": choices}


def submission_row(
    uri: str, form: Row, answers: list[str], result: Row, *, submitter: str | None, created: str = SEEDED
) -> Row:
    pairs = zip(form["questions"], answers, strict=False)
    return {
        "uri": uri,
        "routing_form": form["uri"],
        "questions_and_answers": [
            {"question_uuid": question["uuid"], "question": question["name"], "answer": answer}
            for question, answer in pairs
        ],
        "tracking": dict.fromkeys(TRACKING),
        "result": result,
        "submitter": submitter,
        "submitter_type": "Invitee" if submitter else None,
        "created_at": created,
        "updated_at": created,
    }
