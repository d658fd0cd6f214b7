"""``connect``: a person grants access in a browser, and the command waits until they did."""

from __future__ import annotations

import time
import webbrowser
from typing import Any

from calendly_actions.doors import Stack
from calendly_actions.failures import ACCOUNT, CallFailedError

PAUSE = 2.0


def connect(stack: Stack, account: str, *, replace: bool, browser: bool, token: str | None, seconds: float) -> Any:
    """Connect an account; returns it as ``GET /accounts`` shows it.

    Raises:
        CallFailedError: it could not be connected, or nobody granted access in time.
    """
    from rich.console import Console  # takes longer to import than most calls

    before = find(stack, account)
    wanted: dict[str, Any] = {"replace": True} if replace else {}
    if token:
        stack.request("POST", f"/accounts/{account}/connect", {**wanted, "personal_access_token": token})
        return find(stack, account)
    url = stack.request("POST", f"/accounts/{account}/connect", wanted)["authorize_url"]
    console = Console(stderr=True)
    opened = browser and _open(url)
    console.print("Allow access in the browser window that opened, or open:" if opened else "Open, and allow access:")
    console.print(url, soft_wrap=True, highlight=False, markup=False)
    end = time.monotonic() + seconds
    with console.status(f"Waiting until '{account}' is connected"):
        while time.monotonic() < end:
            found = find(stack, account)
            if found and (before is None or found["connected_at"] != before["connected_at"]):
                return found
            time.sleep(PAUSE)
    raise CallFailedError(
        "NotConnected", f"'{account}' was not connected in time. Run the command again for a new link.", code=ACCOUNT
    )


def find(stack: Stack, account: str) -> Any:
    """The account as ``GET /accounts`` shows it, or None."""
    accounts = stack.request("GET", "/accounts")["accounts"]
    return next((each for each in accounts if each["account"] == account), None)


def _open(url: str) -> bool:
    try:
        return webbrowser.open(url)
    except webbrowser.Error:
        return False
