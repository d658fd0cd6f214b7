"""Connect a Calendly account: answers the address where a person grants access, or stores a personal access token."""

from typing import Annotated

from _wiring import connector, directory, endings
from pydantic import Field

from accounts.health import health
from accounts.sessions import SESSION_SECONDS
from actions.address import public_url
from actions.doors import Call
from actions.inputs import Input
from actions.runtime import Answer, endpoint


class ConnectAccount(Input):
    """How to connect.

    Attributes:
        replace: let another Calendly user take over a connected account's name.
        personal_access_token: connect with this token instead of OAuth.
    """

    replace: bool = False
    personal_access_token: Annotated[str, Field(min_length=20, max_length=8192, pattern=r"^[\x21-\x7e]+$")] | None = (
        Field(default=None, repr=False)
    )


@endpoint
def handler(input: ConnectAccount, call: Call) -> Answer:
    if input.personal_access_token:
        ending = endings(call)
        account = connector().store_personal_access_token(
            input.account,
            input.personal_access_token,
            replace=input.replace,
            deadline=call.deadline,
            endings=ending,
        )
        left = {"subscriptions_left": True} if ending.left else {}
        entry = directory().get(account.name)
        shown = health(entry, connector().missing_scopes, directory().application()) if entry else {}
        return Answer({"account": account.name, **shown, **left}, status=201)
    redirect_uri = f"{public_url(call)}/oauth/callback"
    url = connector().authorize_url(input.account, redirect_uri=redirect_uri, replace=input.replace)
    return Answer({"account": input.account, "authorize_url": url, "expires_in": SESSION_SECONDS}, status=201)
