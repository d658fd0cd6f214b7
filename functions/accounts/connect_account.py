"""Connect a Calendly account: answers the address where a person grants access, or stores a personal access token."""

from typing import Annotated

from _wiring import connector
from pydantic import Field

from accounts.settings import settings
from actions.doors import Call
from actions.inputs import Input
from actions.runtime import Answer, endpoint
from calendly.errors import InvalidRequestError


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
        account = connector().store_personal_access_token(
            input.account, input.personal_access_token, replace=input.replace, deadline=call.deadline
        )
        return Answer({"account": account.summary()}, status=201)
    base = settings().public_url or call.base_url
    if base is None:
        raise InvalidRequestError.for_field(
            "account",
            "connect over HTTP, or deploy with the parameter PublicUrl: the address to return to is not known",
        )
    url = connector().authorize_url(input.account, redirect_uri=f"{base}/oauth/callback", replace=input.replace)
    return Answer({"authorize_url": url, "expires_in": 600}, status=201)
