"""AWS as the command line uses it: clients, signatures, and errors in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any, TypeVar

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError, ClientError

from calendly_actions.failures import AwsError, UsageError

T = TypeVar("T")


class Account:
    """An AWS account and region, as a profile or the environment names them.

    Args:
        profile, region: None for what boto3 finds.
        hint: what else to look at, at the end of every error.

    Raises:
        AwsError: from every method, where AWS or the network refuses.
        UsageError: no region is known.
    """

    def __init__(self, profile: str | None, region: str | None, hint: str) -> None:
        self._profile = profile
        self._region = region
        self._hint = hint

    def client(self, service: str, **where: str) -> Any:
        """A boto3 client."""
        session: Any = self._session
        return session.client(service, **where)

    def ask(self, ask: Callable[[], T]) -> T:
        """The result of something that asks AWS."""
        try:
            return ask()
        except (ClientError, BotoCoreError) as error:
            raise self._told(error) from None

    def each(self, ask: Callable[[], Iterable[T]]) -> Iterator[T]:
        """The results of something that asks AWS again and again."""
        try:
            yield from ask()
        except (ClientError, BotoCoreError) as error:
            raise self._told(error) from None

    def signed(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> dict[str, str]:
        """The headers of a request to an API of API Gateway's, with its signature."""
        request = AWSRequest(method, url, headers=headers, data=body)
        SigV4Auth(self._credentials, "execute-api", self._session.region_name).add_auth(request)
        return dict(request.prepare().headers)

    @cached_property
    def _session(self) -> boto3.Session:
        found = self.ask(lambda: boto3.Session(profile_name=self._profile, region_name=self._region))
        if not found.region_name:
            raise UsageError("No region is known. Give --region, or set AWS_REGION.")
        return found

    @cached_property
    def _credentials(self) -> Any:
        found = self.ask(self._session.get_credentials)
        if found is None:
            raise AwsError("There are no AWS credentials. Sign in (aws sso login), or name a profile with --profile.")
        return self.ask(found.get_frozen_credentials)

    def _told(self, error: ClientError | BotoCoreError) -> AwsError:
        if isinstance(error, ClientError):
            said = error.response.get("Error", {})
            return AwsError(f"{said.get('Code')}: {said.get('Message')}{self._hint}")
        return AwsError(f"{error}{self._hint}")
