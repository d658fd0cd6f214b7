"""Account secrets and the OAuth application's secret, in Secrets Manager.

New tokens are stored in two steps. *Staging* writes them as a version beside the current one: from then on they are
safe. *Promoting* makes that version current, on condition that the current one is still the version they were made
from: an older token can never replace a newer one.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from accounts import aws, secrets
from accounts.account import Account, how_to_connect
from accounts.settings import Settings
from calendly.errors import AccountNotFoundError, AccountUnavailableError

if TYPE_CHECKING:
    from calendly.oauth import OAuthApp

CURRENT = "AWSCURRENT"
STAGED = "calendly-staged"
CONNECTING = "calendly-connecting"
"""What connect stages; it must not take the label from tokens that an exchange staged and could not make current."""


class Stored(NamedTuple):
    """An account as it is stored, and in which version of its secret."""

    account: Account
    version: str


class DamagedSecretError(AccountUnavailableError):
    """The secret does not hold an account. Connecting the account again replaces it.

    Attributes:
        version: the version that is damaged.
    """

    retryable = False

    def __init__(self, message: str, version: str) -> None:
        super().__init__(message)
        self.version = version


class SupersededError(Exception):
    """The current version is not the one that was to be replaced: somebody stored other tokens meanwhile."""


class Vault(Protocol):
    """What the refresh protocol needs of the store."""

    def current(self, name: str) -> Stored: ...

    def staged(self, name: str) -> Stored | None: ...

    def stage(self, account: Account, version: str, label: str = ...) -> None: ...

    def promote(self, name: str, version: str, replacing: str) -> None: ...


class AccountStore:
    """Reads and writes account secrets.

    Only ``rotate_tokens``, connect and disconnect are allowed to write, in IAM too.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def read(self, name: str) -> Account:
        """The account's current tokens. Errors as for ``current``."""
        return self.current(name).account

    def current(self, name: str) -> Stored:
        """The account's current tokens and their version.

        Raises:
            AccountNotFoundError: none is connected under this name.
            AccountUnavailableError: the secret cannot be read now.
        """
        stored = self._stored(name, CURRENT)
        if stored is None:
            raise AccountNotFoundError(f"There is no connected account of that name. {how_to_connect(name)}")
        return stored

    def staged(self, name: str) -> Stored | None:
        """Tokens that were stored and not made current, if any."""
        return self._stored(name, STAGED)

    def stage(self, account: Account, version: str, label: str = STAGED) -> None:
        """Store an account's tokens beside the current ones. Repeating it with the same version is safe.

        Raises:
            AccountUnavailableError: Secrets Manager refuses.
            AccountNotFoundError: the account was disconnected meanwhile.
        """
        with aws.faults(f"to store the tokens of '{account.name}'"):
            try:
                self._client.put_secret_value(
                    SecretId=self._settings.account_secret(account.name),
                    SecretString=account.to_secret(),
                    ClientRequestToken=version,
                    VersionStages=[label],
                )
            except self._client.exceptions.ResourceNotFoundException:
                raise AccountNotFoundError(f"'{account.name}' was disconnected meanwhile.") from None

    def promote(self, name: str, version: str, replacing: str) -> None:
        """Make a staged version current, if ``replacing`` still is. Repeating it is safe.

        Raises:
            SupersededError: another version is current.
            AccountUnavailableError: Secrets Manager refuses.
        """
        with aws.faults(f"to make the tokens of '{name}' current"):
            try:
                self._client.update_secret_version_stage(
                    SecretId=self._settings.account_secret(name),
                    VersionStage=CURRENT,
                    MoveToVersionId=version,
                    RemoveFromVersionId=replacing,
                )
            except (
                self._client.exceptions.InvalidParameterException,
                self._client.exceptions.ResourceNotFoundException,
            ):
                stored = self._stored(name, CURRENT)
                if stored is None or stored.version != version:
                    raise SupersededError(name) from None

    def create(self, account: Account) -> None:
        """Make the secret of an account that is connected for the first time. Raises AccountUnavailableError."""
        key = {"KmsKeyId": self._settings.kms_key} if self._settings.kms_key else {}
        with aws.faults(f"to store the tokens of '{account.name}'"):
            self._client.create_secret(
                Name=self._settings.account_secret(account.name),
                SecretString=account.to_secret(),
                Description="A connected Calendly account. Written by rotate_tokens and connect alone.",
                Tags=[{"Key": "calendly-actions:stack", "Value": self._settings.stack}],
                **key,
            )

    def delete(self, name: str) -> None:
        """Delete an account's secret at once, so that the name can be connected again."""
        with aws.faults(f"to delete the secret of '{name}'"):
            self._client.delete_secret(SecretId=self._settings.account_secret(name), ForceDeleteWithoutRecovery=True)

    def webhook_signing_key(self) -> str | None:
        """What Calendly signs deliveries with; None if none is stored. Raises AccountUnavailableError."""
        key = self._application().get("webhook_signing_key")
        return key if isinstance(key, str) and key else None

    def oauth_app(self) -> OAuthApp:
        """The OAuth application's credentials.

        Raises:
            AccountUnavailableError: they are not there; says how to store them.
        """
        from calendly.oauth import OAuthApp

        name = self._settings.oauth_app_secret
        document = self._application()
        try:
            return OAuthApp(client_id=document["client_id"], client_secret=document["client_secret"])
        except KeyError:
            raise AccountUnavailableError(
                f"The secret {name} holds no OAuth application. Store it with: aws secretsmanager put-secret-value "
                f'--secret-id {name} --secret-string \'{{"client_id": "...", "client_secret": "..."}}\''
            ) from None

    def _application(self) -> dict[str, Any]:
        value = secrets.read(self._settings.oauth_app_secret, CURRENT)
        try:
            document = json.loads(value[0] if value else "{}")
        except ValueError:
            return {}
        return document if isinstance(document, dict) else {}

    @property
    def _client(self) -> Any:
        return aws.client("secretsmanager")

    def _stored(self, name: str, stage: str) -> Stored | None:
        value = secrets.read(self._settings.account_secret(name), stage)
        if value is None:
            return None
        try:
            return Stored(Account.from_secret(value[0]), value[1])
        except ValueError as error:
            raise DamagedSecretError(
                f"The secret {self._settings.account_secret(name)} is damaged: {error}. {how_to_connect(name)}",
                value[1],
            ) from None
