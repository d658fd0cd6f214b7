"""Where Calendly sends people back after they granted access, or declined: a page they understand, whatever happens."""

from typing import Any

from _pages import connected_page, declined_page, expired_page, failed_page, problem_page
from _wiring import connector, endings
from pydantic import BaseModel, ConfigDict, Field

from accounts.connect import InvalidStateError
from actions.doors import Call
from actions.runtime import HttpPage, endpoint
from calendly.errors import CalendlyError


class OauthCallback(BaseModel):
    """What Calendly appends to the address (RFC 6749, 4.1.2); more may come, and is not ours."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    state: str = Field(default="", repr=False)
    code: str = Field(default="", repr=False)
    error: str = Field(default="", repr=False)


@endpoint
def answer(input: OauthCallback, call: Call) -> HttpPage:
    try:
        if input.error or not input.code:
            return declined_page(connector().abandon(input.state).account)
        account = connector().finish(input.state, input.code, call.deadline, endings(call))
    except InvalidStateError:
        return expired_page()
    except CalendlyError as error:
        return failed_page(error)
    return connected_page(account, connector().missing_scopes(account.scopes))


def handler(event: Any, context: Any) -> Any:
    """The page; also where the address is not what Calendly makes of it, or something unexpected happens."""
    response = answer(event, context)
    if isinstance(response, dict) and "json" in str(response.get("headers", {}).get("Content-Type")):
        return problem_page(response)
    return response
