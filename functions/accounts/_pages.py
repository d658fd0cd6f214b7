"""The pages of the OAuth callback. They hold no token, no script, and nothing from elsewhere."""

import json
from html import escape
from typing import Any

from accounts.account import Account
from actions.runtime import HttpPage
from calendly.errors import AccountUnavailableError, AlreadyExistsError, CalendlyError
from calendly.oauth import InvalidClientError, InvalidGrantError

_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

_STYLE = """
:root { color-scheme: light dark; --ink: #16202c; --soft: #5b6878; --paper: #f4f6f9; --card: #fff; --line: #dde3ea }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8edf3; --soft: #9aa7b6; --paper: #10161d; --card: #18212b; --line: #2a3642 } }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, sans-serif }
main { width: min(34rem, calc(100vw - 3rem)); background: var(--card); border: 1px solid var(--line);
  border-radius: 14px; padding: 2rem 2.25rem; box-sizing: border-box; margin: 1.5rem }
.mark { width: 44px; height: 44px; border-radius: 50%; display: grid; place-items: center; color: #fff;
  font-size: 22px; font-weight: 700 }
.good { background: #14804a } .warn { background: #b25e09 } .bad { background: #c02b33 }
h1 { font-size: 1.4rem; margin: 1rem 0 .4rem } p { margin: .5rem 0 }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.2rem; margin: 1.2rem 0 0;
  padding-top: 1.1rem; border-top: 1px solid var(--line) }
dt { color: var(--soft) } dd { margin: 0; overflow-wrap: anywhere }
@media (max-width: 36rem) {
  main { width: calc(100vw - 1.5rem); margin: .75rem; padding: 1.4rem 1.25rem }
  dl { grid-template-columns: 1fr; gap: 0 } dd { margin-bottom: .6rem } }
code { font: .92em ui-monospace, monospace; overflow-wrap: anywhere }
"""


def connected_page(account: Account, missing_scopes: list[str]) -> HttpPage:
    """It worked; says as whom, and what the grant does not cover."""
    rows = {
        "Account": account.name,
        "Calendly user": account.owner_name or account.owner.rsplit("/", 1)[-1],
        **({"E-mail": account.owner_email} if account.owner_email else {}),
        "Role": account.role or "not known",
        "Access": ", ".join(account.scopes) if account.scopes else "not told by Calendly",
    }
    if missing_scopes:
        rows["Not granted"] = ", ".join(missing_scopes)
        text = "Some actions will not work: Calendly did not grant everything that was asked for."
        return _page(200, "warn", "Connected, with less access than asked for", text, rows)
    return _page(
        200, "good", "Connected", "Your workflows can use this Calendly account. You can close this page.", rows
    )


def declined_page(account: str) -> HttpPage:
    """The person said no, or Calendly did for them."""
    text = "Access was not granted, and nothing was stored. To connect after all, ask for a new link."
    return _page(400, "warn", "Not connected", text, {"Account": account})


def expired_page() -> HttpPage:
    """A state that is wrong, used or expired."""
    text = "This link was used already, or is older than ten minutes. Ask for a new one; nothing was changed."
    return _page(400, "warn", "This link is no longer valid", text)


def failed_page(error: CalendlyError) -> HttpPage:
    """Something else went wrong."""
    if isinstance(error, InvalidGrantError):
        text = f"Calendly did not accept the authorization code. {error.message} Ask for a new link and try again."
        return _page(400, "bad", "Calendly did not accept the authorization", text)
    if isinstance(error, InvalidClientError):
        return _page(502, "bad", "Calendly refused the application", error.message)
    if isinstance(error, AlreadyExistsError):
        title, _, text = error.message.partition(". ")
        return _page(409, "warn", title, text)
    if isinstance(error, AccountUnavailableError):
        # It says itself whether anything was changed.
        return _page(
            503,
            "bad",
            "The account cannot be connected now",
            f"{error.message} Otherwise ask for a new link and try again.",
        )
    text = f"{error.message} The account is not connected; ask for a new link and try again."
    return _page(error.http_status, "bad", "The account was not connected", text)


def problem_page(response: dict[str, Any]) -> dict[str, Any]:
    """The page for an answer of the HTTP door that is a problem document."""
    problem = json.loads(response["body"])
    title = "Something unexpected happened"
    if response["statusCode"] < 500:
        title = "This address does not come from Calendly"
        text = "The address is not one that Calendly sends people to. Ask for a new link; nothing was changed."
    else:
        text = "Look at GET /accounts whether the account is connected, and ask for a "
        text += "new link if it is not."
    rows = {"Reference": str(problem.get("correlation_id", ""))}
    page = _page(response["statusCode"], "bad", title, text, rows)
    return {"statusCode": page.status, "headers": page.headers, "body": page.html}


def _page(status: int, mood: str, title: str, text: str, rows: dict[str, str] | None = None) -> HttpPage:
    sign = {"good": "✓", "warn": "!", "bad": "&times;"}[mood]
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in (rows or {}).items())
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>"
        f'<div class="mark {mood}" aria-hidden="true">{sign}</div>'
        f"<h1>{escape(title)}</h1><p>{escape(text)}</p>{f'<dl>{facts}</dl>' if facts else ''}</main></body></html>"
    )
    return HttpPage(html, status, _HEADERS)
