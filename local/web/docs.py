"""``/docs``: the OpenAPI document in Swagger UI, whose assets come with a package; calls go to the stack beside it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import flask_swagger_ui
import yaml
from flask import Blueprint, Response, jsonify, render_template, send_from_directory

from local.root import ROOT

ASSETS = Path(flask_swagger_ui.__file__).parent / "dist"
_SERVED = {"swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png", "LICENSE"}

blueprint = Blueprint("docs", __name__)


@blueprint.get("/docs")
def page() -> str:
    return render_template("docs.html")


@blueprint.get("/docs/openapi.json")
def document() -> Response:
    return jsonify(local_document())


@blueprint.get("/docs/assets/<name>")
def asset(name: str) -> Any:
    return send_from_directory(ASSETS, name) if name in _SERVED else Response(status=404)


@lru_cache(maxsize=1)
def local_document() -> dict[str, Any]:
    """The committed document, whose server is the one that serves it; nothing has to be signed here."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document: dict[str, Any] = yaml.load((ROOT / "openapi.yaml").read_text(), Loader=loader)  # noqa: S506 - a safe one
    document["servers"] = [{"url": "/", "description": "This local stack."}]
    document.pop("security", None)
    document["components"].pop("securitySchemes", None)
    document["info"]["description"] = (
        "Every action of the stack that runs here. Nothing has to be signed on this machine; in AWS, every request is "
        "signed with IAM."
    )
    return document
