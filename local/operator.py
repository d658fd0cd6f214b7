"""Connects an account through the OAuth flow, as a person does in a browser."""

from __future__ import annotations

import re

import requests

from local.stack import LocalStack


class ConnectFailedError(Exception):
    """A step of the flow did not give the expected answer; the message says which."""


def authorize_url(stack: LocalStack, account: str = "default", *, replace: bool = False) -> str:
    """Request the URL at which a person grants access; with ``replace``, another user may take over the name."""
    answer = requests.post(f"{stack.api_url}/accounts/{account}/connect", json={"replace": replace}, timeout=30)
    _expect(answer, 201, "connect")
    return str(answer.json()["authorize_url"])


def consent(url: str) -> requests.Response:
    """Open the consent page, press Allow, and follow Calendly back to the callback page."""
    page = requests.get(url, timeout=30)
    _expect(page, 200, "the consent page")
    form = re.search(r'<form method="post" action="([^"]+)"', page.text)
    user = re.search(r'<option value="([^"]+)"', page.text)
    if form is None or user is None:
        raise ConnectFailedError("The consent page has no form.")
    target = requests.compat.urljoin(url, form[1].replace("&amp;", "&"))
    return requests.post(target, data={"user": user[1], "decision": "allow"}, timeout=60)


def is_connected(stack: LocalStack, account: str = "default") -> bool:
    """Whether an account of that name is connected."""
    answer = requests.get(f"{stack.api_url}/accounts", timeout=60)
    _expect(answer, 200, "accounts")
    return any(each["account"] == account for each in answer.json()["accounts"])


def connect(stack: LocalStack, account: str = "default") -> None:
    """Connect an account as the sandbox's first user."""
    page = consent(authorize_url(stack, account))
    _expect(page, 200, "the callback page")


def _expect(answer: requests.Response, status: int, step: str) -> None:
    if answer.status_code != status:
        raise ConnectFailedError(f"{step} answered {answer.status_code}: {answer.text[:300]}")
