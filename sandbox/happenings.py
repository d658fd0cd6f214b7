"""``/_sandbox``: what people and Calendly do without the API."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, current_app, jsonify, request

from sandbox import params
from sandbox.announcements import announce
from sandbox.control_body import ControlError, document, refuse_with_words
from sandbox.members import accept
from sandbox.plans import PLANS, REQUESTS_PER_MINUTE
from sandbox.rows.base import now
from sandbox.rows.records import submission_row

blueprint = Blueprint("happenings", __name__, url_prefix="/_sandbox")
refuse_with_words(blueprint)


@blueprint.post("/plan")
def plan() -> Any:
    """The owner changes the plan of the organization; the rate limit of its users goes with it."""
    chosen = document({"plan"}).get("plan")
    if chosen not in PLANS:
        raise ControlError(f"There is no such plan. Known: {', '.join(PLANS)}.")
    world = params.world()
    with world.lock:
        name, stage = PLANS[chosen]
        world.data.known(world.data.organization).update(plan=name, stage=stage, updated_at=now())
        world.limits.per_minute = REQUESTS_PER_MINUTE[stage]
        return jsonify({"plan": name, "stage": stage, "per_minute": world.limits.per_minute})


@blueprint.post("/accept_invitation")
def accept_invitation() -> Any:
    """Somebody who was invited joins. ``invitation`` is its URI, UUID or e-mail address; the first one if not given."""
    wanted = document({"invitation"}).get("invitation")
    world = params.world()
    with world.lock:
        pending = [row for row in world.data.organization_invitations if row["status"] == "pending"]
        found = [row for row in pending if wanted in (None, row["uri"], row["uri"].rsplit("/", 1)[1], row["email"])]
        if not found:
            raise ControlError(f"There is no such pending invitation. Known: {_emails(pending)}.")
        membership = accept(world, found[0])
        return jsonify({"membership": membership["uri"], "user": membership["user"]["uri"]})


def _emails(pending: list[dict[str, Any]]) -> str:
    return ", ".join(row["email"] for row in pending) or "none"


@blueprint.post("/submit_routing_form")
def submit_routing_form() -> Any:
    """Somebody fills in a form; ``routing_form_submission.created`` is delivered. The first form if none is given."""
    wanted = document({"form", "answers"})
    world = params.world()
    with world.lock:
        forms = world.data.routing_forms
        form = next((row for row in forms if wanted.get("form") in (None, row["uri"])), None)
        if form is None:
            raise ControlError(f"There is no such form. Known: {', '.join(row['uri'] for row in forms)}.")
        answers = wanted.get("answers", ["Eve Adams", "Sales"])
        if not isinstance(answers, list) or not all(isinstance(answer, str) for answer in answers):
            raise ControlError("answers must be a list of texts.")
        uri = f"{world.origin}/routing_form_submissions/{uuid.uuid4()}"
        result = {"type": "event_type", "value": world.data.event_types[0]["uri"]}
        row = submission_row(uri, form, answers, result, submitter=None, created=now())
        world.data.add("routing_form_submissions", row)
        announce(world, "routing_form_submission.created", row, [world.data.users[0]["uri"]])
        return jsonify({"submission": row["uri"]})


@blueprint.route("/<path:name>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def no_such_control(name: str) -> Any:
    """Say what there is, with the method that it takes."""
    known = sorted(
        f"{method} {rule.rule}"
        for rule in current_app.url_map.iter_rules()
        if rule.rule.startswith("/_sandbox/") and "<" not in rule.rule
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    )
    error = f"There is no control {request.method} /_sandbox/{name}. Known: {', '.join(known)}."
    return jsonify({"error": error}), 404
