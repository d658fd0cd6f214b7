"""Calendly, in the deployed stack's eyes: the sandbox, and people who allow access in it."""

from __future__ import annotations

import json
import re
import secrets
from typing import Any
from urllib.parse import urljoin

import requests

from local.ports import HOST
from sandbox.app import CalendlySandbox
from sandbox.server import serve
from sandbox.world import App


class Calendly:
    """A context manager: the sandbox on a port of 127.0.0.1, with one OAuth application."""

    def __enter__(self) -> Calendly:
        self._server = serve(None, 0)
        self.url = f"http://{HOST}:{self._server.server_port}"
        self._key, self._secret = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self._sandbox = self._server.app = CalendlySandbox(self.url)
        return self

    def __exit__(self, *_: object) -> None:
        self._sandbox.world.deliveries.close()
        self._server.shutdown()
        self._server.server_close()

    def register(self, redirect_uri: str) -> str:
        """Register the application with this address; returns what its operator stores in the secret ``oauth-app``."""
        app = App("deploy-check", self._secret, (redirect_uri,), self._key)
        self._sandbox.world.apps[app.client_id] = app
        stored = {"client_id": app.client_id, "client_secret": self._secret, "webhook_signing_key": self._key}
        return json.dumps(stored)

    def consent(self, authorize_url: str, user: int) -> requests.Response:
        """Open the page as a browser does, choose a user by number, and allow access; returns the last page."""
        page = requests.get(authorize_url, timeout=30)
        form = re.search(r'<form method="post" action="([^"]+)"', page.text)
        users = re.findall(r'<option value="([^"]+)"', page.text)
        if form is None or len(users) <= user:
            raise LookupError(f"The consent page has no form, or no such user: {page.status_code} {page.text[:300]}")
        target = urljoin(authorize_url, form[1].replace("&amp;", "&"))
        return requests.post(target, data={"user": users[user], "decision": "allow"}, timeout=120)

    def does(self, what: str, **document: Any) -> Any:
        """Something that happens in Calendly: a control of the sandbox."""
        answer = requests.post(f"{self.url}/_sandbox/{what}", json=document, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def writes(self) -> dict[str, int]:
        """How often each operation that changes something was called, but for tokens."""
        seen = requests.get(f"{self.url}/_sandbox/state", timeout=60).json()["requests"]
        return {name: count for name, count in seen.items() if not name.startswith("GET ") and "oauth" not in name}
