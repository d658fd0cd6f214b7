"""Calendly's authorization server: consent page, PKCE, single-use rotating refresh tokens, revocation."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections import deque
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, jsonify, redirect, render_template_string, request

from sandbox import params
from sandbox.consent import CONSENT_PAGE, ERROR_PAGE
from sandbox.world import CODE_SECONDS, LEGACY, SCOPES, AccessToken, App, Code, Grant

blueprint = Blueprint("oauth", __name__)

_INVALID_GRANT = (
    "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the "
    "authorization request, or was issued to another client."
)


@blueprint.get("/oauth/authorize", endpoint="GET /oauth/authorize")
def consent() -> Any:
    """Ask the person. Calendly would have them log in first; here they say who they are."""
    problem = _authorization_problem()
    if problem:
        return render_template_string(ERROR_PAGE, problem=problem), 400
    world = params.world()
    people = [(user["uri"], user["name"], world.data.role(user["uri"])) for user in world.data.users]
    scopes = request.args.get("scope", "").split()
    return render_template_string(CONSENT_PAGE, people=people, scopes=scopes, query=request.query_string.decode())


@blueprint.post("/oauth/authorize", endpoint="POST /oauth/authorize")
def decide() -> Any:
    """The person's answer: back to the application with a code, or with an error."""
    problem = _authorization_problem()
    if problem:
        return render_template_string(ERROR_PAGE, problem=problem), 400
    world = params.world()
    answer = {"state": request.args["state"]} if "state" in request.args else {}
    redirect_uri = request.args["redirect_uri"]
    if request.form.get("decision") != "allow":
        declined = {"error": "access_denied", "error_description": "The resource owner denied the request."}
        return _back(redirect_uri, {**declined, **answer})
    user = request.form.get("user") or world.data.users[0]["uri"]
    if user not in [person["uri"] for person in world.data.users]:
        return render_template_string(ERROR_PAGE, problem="There is no such user."), 400
    code = secrets.token_urlsafe(32)
    with world.lock:
        world.issued.append(code)
        world.codes[code] = Code(
            Grant(user, request.args.get("scope", "").split(), request.args["client_id"]),
            redirect_uri,
            request.args.get("code_challenge"),
            time.time() + CODE_SECONDS,
        )
    return _back(redirect_uri, {"code": code, **answer})


@blueprint.post("/oauth/token", endpoint="POST /oauth/token")
def token() -> Any:
    world = params.world()
    with world.lock:
        app = _client(request.authorization)
        if app is None:
            return _error(401, "invalid_client", "Client authentication failed.")
        fields = _fields()
        match fields.get("grant_type"):
            case "authorization_code":
                return _exchange_code(app, fields)
            case "refresh_token":
                return _exchange_refresh_token(app, fields)
            case _:
                return _error(400, "unsupported_grant_type", "The authorization grant type is not supported.")


@blueprint.post("/oauth/revoke", endpoint="POST /oauth/revoke")
def revoke() -> Any:
    world = params.world()
    with world.lock:
        app = _client(None)
        if app is None:
            return _error(403, "unauthorized_client", "You are not authorized to revoke this token")
        text = _fields().get("token")
        if not text:
            return _error(400, "invalid_request", "Missing required parameter: token.")
        known = world.access_tokens.get(text)
        grant = known.grant if known else world.refresh_tokens.get(text)
        if grant and grant.client_id not in (None, app.client_id):
            return _error(403, "unauthorized_client", "You are not authorized to revoke this token")
        if grant:
            world.revoke(grant)
        return jsonify({})


@blueprint.post("/oauth/introspect", endpoint="POST /oauth/introspect")
def introspect() -> Any:
    world = params.world()
    with world.lock:
        if _client(None) is None:
            return _error(401, "invalid_client", "Client authentication failed.")
        text = _fields().get("token", "")
        known = world.access_tokens.get(text)
        if known is None and text in world.refresh_tokens:
            known = AccessToken(world.refresh_tokens[text], 2**40)
        if known is None or known.expires_at <= time.time():
            return jsonify({"active": False})
        user = world.data.index.get(known.grant.user.removeprefix(world.origin + "/"), {})
        return jsonify(
            {
                "active": True,
                "scope": " ".join(known.grant.scopes),
                "client_id": known.grant.client_id,
                "token_type": "Bearer",
                "exp": int(min(known.expires_at, 2**40)),
                "iat": int(time.time()),
                "owner": known.grant.user,
                "organization": user.get("current_organization"),
            }
        )


def _authorization_problem() -> str | None:
    """Why this authorization request cannot even be sent back to the application."""
    world, query = params.world(), request.args
    app = world.apps.get(query.get("client_id", ""))
    if app is None:
        return "Unknown client_id."
    if query.get("redirect_uri") not in app.redirect_uris:
        return "redirect_uri is not the one registered for this application."
    if query.get("response_type") != "code":
        return "response_type must be code."
    unknown = [scope for scope in query.get("scope", "").split() if scope not in {*SCOPES, LEGACY}]
    if unknown:
        return f"Unknown scope: {', '.join(unknown)}."
    if query.get("code_challenge") and query.get("code_challenge_method") != "S256":
        return "code_challenge_method must be S256."
    if app.client_secret is None and not query.get("code_challenge"):
        return "Native applications must use PKCE."
    return None


def _back(redirect_uri: str, answer: dict[str, str]) -> Any:
    mark = "&" if urlsplit(redirect_uri).query else "?"
    return redirect(f"{redirect_uri}{mark}{urlencode(answer)}", code=302)


def _fields() -> dict[str, str]:
    """The request's fields: a form. Published clients send JSON, too, and their own credentials in the query."""
    document = request.get_json(silent=True)
    fields = request.args.to_dict() | (document if isinstance(document, dict) else request.form.to_dict())
    return {name: value for name, value in fields.items() if isinstance(value, str)}


def _client(authorization: Any) -> App | None:
    """The application that calls, by HTTP Basic or by fields in the body."""
    fields = _fields()
    if authorization is not None and authorization.type != "basic":
        authorization = None  # a stray access token means nothing here
    client_id = authorization.username if authorization else fields.get("client_id")
    secret = authorization.password if authorization else fields.get("client_secret")
    app = params.world().apps.get(str(client_id))
    if app is None or (app.client_secret is not None and secret != app.client_secret):
        return None
    return app


def _exchange_code(app: App, fields: dict[str, str]) -> Any:
    world = params.world()
    code = world.codes.pop(fields.get("code", ""), None)
    verifier = fields.get("code_verifier")
    if (
        code is None
        or code.expires_at <= time.time()
        or code.grant.client_id != app.client_id
        or code.redirect_uri != fields.get("redirect_uri")
        or (code.challenge is not None and (not verifier or _challenge(verifier) != code.challenge))
    ):
        return _error(400, "invalid_grant", _INVALID_GRANT)
    return _too_many(code.grant) or jsonify(world.issue(code.grant))


def _exchange_refresh_token(app: App, fields: dict[str, str]) -> Any:
    world = params.world()
    text = fields.get("refresh_token", "")
    grant = world.refresh_tokens.get(text)
    if grant is None or grant.revoked or grant.client_id != app.client_id:
        if text in world.used_refresh_tokens:
            world.refresh_tokens_reused += 1
        return _error(400, "invalid_grant", _INVALID_GRANT)
    limited = _too_many(grant)
    if limited:
        return limited
    # Dead the moment the exchange succeeds; there is no grace period.
    world.used_refresh_tokens[text] = world.refresh_tokens.pop(text)
    return jsonify(world.issue(grant))


def _too_many(grant: Grant) -> Response | None:
    """Refuse more tokens a minute and user than Calendly gives out."""
    world = params.world()
    recent = world.exchanges_of.setdefault(grant.user, deque())
    now = time.time()
    while recent and recent[0] <= now - 60:
        recent.popleft()
    if len(recent) >= world.limits.tokens_per_minute:
        answer = _error(429, "too_many_requests", "Too many tokens were requested for this user.")
        answer.headers["X-RateLimit-Reset"] = str(int(61 - (now - recent[0])))
        return answer
    recent.append(now)
    return None


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _error(status: int, code: str, description: str) -> Response:
    answer = jsonify({"error": code, "error_description": description})
    answer.status_code = status
    return answer
