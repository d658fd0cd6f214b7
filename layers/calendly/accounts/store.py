"""Account secrets and the OAuth application's secret, in Secrets Manager."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from accounts import aws
from accounts.account import Account, how_to_connect
from accounts.settings import Settings
from calendly.deadline import Deadline
from calendly.errors import AccountNotFoundError, AccountUnavailableError
from calendly.oauth import OAuthApp

_MISSING = "ResourceNotFoundException"


class AccountStore:
    """Reads and writes account secrets.

    Only ``rotate_tokens``, connect and disconnect are allowed to write, in IAM too.
    """

    def __init__(self, settings: Settings, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._settings = settings
        self._sleep = sleep

    def read(self, name: str) -> Account:
        """The account's current tokens.

        Raises:
            AccountNotFoundError: none is connected under this name.
            AccountUnavailableError: the secret cannot be read now.
        """
        text = self._value(self._settings.account_secret(name))
        if text is None:
            raise AccountNotFoundError(f"There is no connected account of that name. {how_to_connect(name)}")
        try:
            return Account.from_secret(text)
        except ValueError as error:
            raise AccountUnavailableError(
                f"The secret {self._settings.account_secret(name)} is damaged: {error}. {how_to_connect(name)}"
            ) from None

    def write(self, account: Account, deadline: Deadline) -> None:
        """Store an account's tokens, trying until the deadline: what is not stored here may be lost for good.

        Raises:
            AccountUnavailableError: Secrets Manager refused to the end.
        """
        wait = 0.2
        while True:
            try:
                with aws.faults(f"to store the tokens of '{account.name}'"):
                    self._put(self._settings.account_secret(account.name), account.to_secret())
                return
            except AccountUnavailableError:
                if deadline.remaining() <= wait:
                    raise
                self._sleep(wait)
                wait = min(2 * wait, 3.0)

    def delete(self, name: str) -> None:
        """Delete an account's secret at once, so that the name can be connected again."""
        with aws.faults(f"to delete the secret of '{name}'"):
            self._client.delete_secret(SecretId=self._settings.account_secret(name), ForceDeleteWithoutRecovery=True)

    def oauth_app(self) -> OAuthApp:
        """The OAuth application's credentials.

        Raises:
            AccountUnavailableError: they are not there; says how to store them.
        """
        name = self._settings.oauth_app_secret
        try:
            document = json.loads(self._value(name) or "{}")
            return OAuthApp(
                client_id=document["client_id"],
                client_secret=document["client_secret"],
                webhook_signing_key=document.get("webhook_signing_key"),
            )
        except (ValueError, KeyError, TypeError):
            raise AccountUnavailableError(
                f"The secret {name} holds no OAuth application. Store it with: aws secretsmanager put-secret-value "
                f'--secret-id {name} --secret-string \'{{"client_id": "...", "client_secret": "..."}}\''
            ) from None

    @property
    def _client(self) -> Any:
        return aws.client("secretsmanager")

    def _value(self, name: str) -> str | None:
        with aws.faults(f"to read the secret {name}"):
            try:
                return str(self._client.get_secret_value(SecretId=name)["SecretString"])
            except self._client.exceptions.ResourceNotFoundException:
                return None
            except self._client.exceptions.InvalidRequestException:
                # Marked for deletion.
                return None

    def _put(self, name: str, text: str) -> None:
        secrets = self._client
        try:
            secrets.put_secret_value(SecretId=name, SecretString=text)
        except secrets.exceptions.ResourceNotFoundException:
            key = {"KmsKeyId": self._settings.kms_key} if self._settings.kms_key else {}
            secrets.create_secret(
                Name=name,
                SecretString=text,
                Description="A connected Calendly account. Written by rotate_tokens and connect alone.",
                Tags=[{"Key": "calendly:stack", "Value": self._settings.stack}],
                **key,
            )
