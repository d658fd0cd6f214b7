"""What the template tells a function through its environment, checked once."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import NamedTuple

from calendly.references import PUBLIC_API, PUBLIC_AUTH


class Settings(NamedTuple):
    """Typed environment variables. Empty where a function is not given one, because it does not need it."""

    stack: str
    table: str
    rotate_tokens_function: str
    kms_key: str
    public_url: str
    connect_scopes: tuple[str, ...]
    api: str
    auth: str
    actions: str = "all"
    api_url_parameter: str = ""
    event_bus: str = ""
    export_bucket: str = ""

    @property
    def oauth_app_secret(self) -> str:
        return f"{self.stack}/oauth-app"

    @property
    def reads_only(self) -> bool:
        """Whether the stack was deployed without what changes something in Calendly."""
        return self.actions == "read"

    def account_secret(self, account: str) -> str:
        return f"{self.stack}/accounts/{account}"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process.

    Raises:
        RuntimeError: the one variable that no function can do without is missing.
    """
    read = os.environ.get
    if not read("STACK_NAME"):
        raise RuntimeError("The environment variable STACK_NAME is missing; template.yaml sets it for every function.")
    return Settings(
        stack=read("STACK_NAME", ""),
        table=read("TABLE_NAME", ""),
        rotate_tokens_function=read("ROTATE_TOKENS_FUNCTION", ""),
        kms_key=read("KMS_KEY_ID", ""),
        public_url=read("PUBLIC_URL", "").rstrip("/"),
        api_url_parameter=read("API_URL_PARAMETER", ""),
        event_bus=read("EVENT_BUS_NAME", ""),
        export_bucket=read("EXPORT_BUCKET", ""),
        actions=read("ACTIONS", "all"),
        connect_scopes=tuple(read("CONNECT_SCOPES", "").split()),
        api=(read("CALENDLY_API_URL") or PUBLIC_API).rstrip("/"),
        auth=(read("CALENDLY_AUTH_URL") or PUBLIC_AUTH).rstrip("/"),
    )
