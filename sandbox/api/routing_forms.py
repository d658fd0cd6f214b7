"""``/routing_forms`` and ``/routing_form_submissions``."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from sandbox import params
from sandbox.operations import Caller, find, known, operation, resource
from sandbox.pagination import by, paginate

blueprint = Blueprint("routing_forms", __name__)


@operation(blueprint, "GET", "/routing_forms", scope="routing_forms:read")
def list_forms(caller: Caller) -> dict[str, Any]:
    organization = str(params.uri("organization", "organizations", required=True))
    caller.must_administer(organization)
    rows = [row for row in params.world().data.routing_forms if row["organization"] == organization]
    return paginate(by(rows, params.sort(("created_at",), "created_at:asc")))


@operation(blueprint, "GET", "/routing_forms/{uuid}", scope="routing_forms:read")
def retrieve_form(caller: Caller, uuid: str) -> Response:
    row = find("routing_forms", uuid)
    caller.must_administer(row["organization"])
    return resource(row)


@operation(blueprint, "GET", "/routing_form_submissions", scope="routing_forms:read")
def list_submissions(caller: Caller) -> dict[str, Any]:
    form = known(params.uri("form", "routing_forms", required=True))
    caller.must_administer(form["organization"])
    rows = [row for row in params.world().data.routing_form_submissions if row["routing_form"] == form["uri"]]
    return paginate(by(rows, params.sort(("created_at",), "created_at:asc")))


@operation(blueprint, "GET", "/routing_form_submissions/{uuid}", scope="routing_forms:read")
def retrieve_submission(caller: Caller, uuid: str) -> Response:
    row = find("routing_form_submissions", uuid)
    caller.must_administer(known(row["routing_form"])["organization"])
    return resource(row)
