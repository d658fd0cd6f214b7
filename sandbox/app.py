"""The sandbox as a WSGI application."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from flask import Flask, Response, g, jsonify, request

from sandbox import control, happenings, oauth, page, wire
from sandbox.api.blueprints import blueprints
from sandbox.dataset.own import Own
from sandbox.errors import ApiError
from sandbox.faults import Fault
from sandbox.params import world
from sandbox.world import App, World


class CalendlySandbox:
    """A WSGI application: Calendly's API with a world of its own.

    Args:
        origin: what the resources' URIs start with.
        apps: the OAuth applications that are registered.
        own: the user's own data, from a seed file.
        size: of the data set, such as ``events=10``.

    Raises:
        SeedError: an entry of the seed file, ``own``, refers to what is not there.
    """

    def __init__(self, origin: str, *, apps: Iterable[App] = (), own: Own | None = None, **size: int) -> None:
        self.world = World(origin, {registered.client_id: registered for registered in apps}, own or Own())
        self.world.reset(**size)
        self._asked: deque[page.Asked] = deque(maxlen=page.REQUESTS)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ |= {"sandbox.world": self.world, "sandbox.asked": self._asked}
        return routes()(environ, start_response)


@lru_cache(maxsize=1)
def routes() -> Flask:
    """All paths of the sandbox. They are made once in a process, because that takes as long as ten worlds."""
    app = Flask(__name__, static_folder=None)
    app.url_map.strict_slashes = False
    app.json.sort_keys = False  # type: ignore[attr-defined]
    for blueprint in (*blueprints, oauth.blueprint, control.blueprint, happenings.blueprint, page.blueprint):
        app.register_blueprint(blueprint)
    page.watch(app)
    app.before_request(_count_and_misbehave)
    app.after_request(_finish)
    app.register_error_handler(ApiError, _refuse)
    wire.install(app)
    return app


def _count_and_misbehave() -> Response | None:
    if page.is_page(request.path) or request.path.startswith("/_sandbox"):
        return None
    with (known := world()).lock:
        known.requests[_operation()] += 1
        fault = _take_fault(known.faults)
    g.fault = fault if fault and fault.after else None
    return fault.strike(None) if fault and not fault.after else None


def _finish(response: Response) -> Response:
    fault: Fault | None = g.get("fault")
    return (fault.strike(response) or response) if fault else response


def _refuse(error: ApiError) -> Any:
    return jsonify(error.body), error.status


def _operation() -> str:
    """The operation as Calendly names it, ``GET /users/{uuid}``; the bare path where there is none."""
    rule = request.url_rule
    path = rule.rule.replace("<", "{").replace(">", "}") if rule else request.path
    return f"{request.method} {path}"


def _take_fault(faults: list[Fault]) -> Fault | None:
    for fault in faults:
        if fault.matches(request.method, request.path):
            fault.times -= 1
            if fault.times == 0:
                faults.remove(fault)
            return fault
    return None
