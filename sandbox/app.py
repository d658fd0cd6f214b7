"""The sandbox as a WSGI application."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Flask, Response, g, jsonify, request

from sandbox import control, happenings, oauth, wire
from sandbox.api.blueprints import blueprints
from sandbox.errors import ApiError
from sandbox.faults import Fault
from sandbox.world import App, World


def create_app(origin: str, *, apps: Iterable[App] = (), **size: int) -> Flask:
    """A sandbox whose resources' URIs start with ``origin``, with a data set of the given size."""
    app = Flask(__name__, static_folder=None)
    app.url_map.strict_slashes = False
    app.json.sort_keys = False  # type: ignore[attr-defined]
    world = World(origin, {registered.client_id: registered for registered in apps})
    world.reset(**size)
    app.extensions["world"] = world
    for blueprint in (*blueprints, oauth.blueprint, control.blueprint, happenings.blueprint):
        app.register_blueprint(blueprint)

    @app.before_request
    def count_and_misbehave() -> Response | None:
        if request.path.startswith("/_sandbox"):
            return None
        with world.lock:
            world.requests[_operation()] += 1
            fault = _take_fault(world)
        g.fault = fault if fault and fault.after else None
        return fault.strike(None) if fault and not fault.after else None

    @app.after_request
    def finish(response: Response) -> Response:
        fault: Fault | None = g.get("fault")
        return (fault.strike(response) or response) if fault else response

    @app.errorhandler(ApiError)
    def refuse(error: ApiError) -> Any:
        return jsonify(error.body), error.status

    wire.install(app)
    return app


def _operation() -> str:
    """The operation as Calendly names it, ``GET /users/{uuid}``; the bare path where there is none."""
    rule = request.url_rule
    path = rule.rule.replace("<", "{").replace(">", "}") if rule else request.path
    return f"{request.method} {path}"


def _take_fault(world: World) -> Fault | None:
    for fault in world.faults:
        if fault.matches(request.method, request.path):
            fault.times -= 1
            if fault.times == 0:
                world.faults.remove(fault)
            return fault
    return None
