"""The public address of this stack's API."""

from __future__ import annotations

from functools import lru_cache

from accounts import aws
from accounts.settings import settings
from actions.doors import Call
from calendly.errors import InvalidRequestError


def public_url(call: Call) -> str:
    """The API's address: the parameter ``PublicUrl``, or the address of this HTTP call, or the deployed SSM parameter.

    Raises:
        InvalidRequestError: none of them is known.
        AccountUnavailableError: the SSM parameter cannot be read.
    """
    known = settings().public_url or call.base_url
    if known:
        return known
    if not settings().api_url_parameter:
        raise InvalidRequestError.for_field(
            "account", "call this over HTTP, or deploy with the parameter PublicUrl: the API's address is not known"
        )
    return _parameter(settings().api_url_parameter)


@lru_cache(maxsize=1)
def _parameter(name: str) -> str:
    with aws.faults(f"to read the parameter {name}"):
        value: str = aws.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]
    return value.rstrip("/")
