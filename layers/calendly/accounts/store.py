"""Account secrets and the OAuth application's secret, in Secrets Manager.

New tokens are stored in two steps. *Staging* writes them as a version beside the current one: from then on they are
safe. *Promoting* makes that version current, on condition that the current one is still the version they were made
from: an older token can never replace a newer one.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from accounts import aws, secrets
from accounts.account import Account, how_to_connect
from accounts.secret_states import (
    Found,
    LockedSecretError,
    ScheduledForDeletionError,
    SecretState,
    is_absent,
    refusal,
)
from accounts.settings import Settings
from calendly.errors import AccountNotFoundError, AccountUnavailableError

if TYPE_CHECKING:
    from accounts.application import Application
    from calendly.deadline import Deadline
    from calendly.oauth import OAuthApp

CURRENT = "AWSCURRENT"
STAGED = "calendly-staged"
CONNECTING = "calendly-connecting"
"""What connect stages; it must not take the label from tokens that an exchange staged and could not make current."""

PROBE = ".probe"
"""No account's name: a secret that is made and deleted to see whether the stack's key can be used."""

RECOVERY_DAYS = 7


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
        """The account's current tokens, for those who only use them.

        Raises:
            AccountNotFoundError: none is connected under this name, or its secret is scheduled for deletion.
            AccountUnavailableError: the secret cannot be read now, or does not hold an account.
        """
        try:
            return self.current(name).account
        except ScheduledForDeletionError as error:
            # Workflows match on the names of errors: those of this package's own kinds stay inside.
            raise AccountNotFoundError(error.message) from None
        except (DamagedSecretError, LockedSecretError) as error:
            plain = AccountUnavailableError(error.message)
            plain.retryable = False
            raise plain from None

    def current(self, name: str) -> Stored:
        """The account's current tokens and their version.

        Raises:
            AccountNotFoundError: none is connected under this name.
            ScheduledForDeletionError: somebody deleted the secret; it can be brought back.
            LockedSecretError: its key cannot be used.
            DamagedSecretError: it does not hold an account.
            AccountUnavailableError: the secret cannot be read now.
        """
        try:
            stored = self._stored(name, CURRENT)
        except ScheduledForDeletionError as error:
            raise ScheduledForDeletionError(f"{error.message} Or connect it anew: {how_to_connect(name)}") from None
        if stored is None:
            raise AccountNotFoundError(f"There is no connected account of that name. {how_to_connect(name)}")
        return stored

    def examine(self, name: str) -> Found:
        """What there is under an account's name, for whoever is about to replace or to end it.

        Raises:
            AccountUnavailableError: that cannot be told now.
        """
        try:
            stored = self.current(name)
        except DamagedSecretError as error:
            return Found(SecretState.DAMAGED, version=error.version)
        except ScheduledForDeletionError:
            return Found(SecretState.SCHEDULED)
        except LockedSecretError:
            return Found(SecretState.LOCKED)
        except AccountNotFoundError:
            return Found(self._without_current(name))
        return Found(SecretState.USABLE, stored.account, stored.version)

    def current_version(self, name: str) -> str | None:
        """The version that is current, whatever it holds; None where none is."""
        try:
            stored = self._stored(name, CURRENT)
        except DamagedSecretError as error:
            return error.version
        return stored.version if stored else None

    def staged(self, name: str) -> Stored | None:
        """Tokens that were stored and not made current, if any."""
        return self._stored(name, STAGED)

    def stage(self, account: Account, version: str, label: str = STAGED) -> None:
        """Store an account's tokens beside the current ones. Repeating it with the same version is safe.

        Raises:
            AccountUnavailableError: Secrets Manager refuses.
            AccountNotFoundError: the account was disconnected meanwhile.
        """
        with self._faults("to store tokens in the secret", account.name):
            self._client.put_secret_value(
                SecretId=self._settings.account_secret(account.name),
                SecretString=account.to_secret(),
                ClientRequestToken=version,
                VersionStages=[label],
            )

    def promote(self, name: str, version: str, replacing: str) -> None:
        """Make a staged version current, if ``replacing`` still is. Repeating it is safe.

        Raises:
            SupersededError: another version is current.
            AccountUnavailableError: Secrets Manager refuses.
        """
        try:
            with self._faults("to make tokens current in the secret", name, hand_on="InvalidParameterException"):
                self._client.update_secret_version_stage(
                    SecretId=self._settings.account_secret(name),
                    VersionStage=CURRENT,
                    MoveToVersionId=version,
                    RemoveFromVersionId=replacing,
                )
        except (AccountNotFoundError, _RefusedParameterError):
            if self.current_version(name) != version:
                raise SupersededError(name) from None

    def create(self, account: Account, version: str | None = None) -> None:
        """Make the secret of an account that is connected for the first time. Repeating it with a version is safe.

        Raises:
            AccountUnavailableError: Secrets Manager refuses.
        """
        name, version = self._settings.account_secret(account.name), version or str(uuid.uuid4())
        self._create(name, account.to_secret(), version, self._stack_tags())

    def delete(self, name: str) -> None:
        """Delete an account's secret at once, so that the name can be connected again. None there is no error."""
        with self._faults("to delete the secret", name):
            self._client.delete_secret(SecretId=self._settings.account_secret(name), ForceDeleteWithoutRecovery=True)

    def restore(self, name: str) -> None:
        """Bring back a secret that is scheduled for deletion."""
        with self._faults("to restore the secret", name):
            self._client.restore_secret(SecretId=self._settings.account_secret(name))

    def schedule_deletion(self, name: str) -> None:
        """Have a secret deleted in some days, as it was before ``restore``."""
        with self._faults("to delete the secret", name):
            self._client.delete_secret(SecretId=self._settings.account_secret(name), RecoveryWindowInDays=RECOVERY_DAYS)

    def exists(self, name: str) -> bool:
        """Whether there is a secret of an account, whatever it holds; one that is scheduled for deletion is.

        Raises:
            AccountUnavailableError: that cannot be told now.
        """
        client = aws.client("secretsmanager", read_timeout=1.0, attempts=2)
        with aws.faults("to look at the secret"):
            try:
                client.describe_secret(SecretId=self._settings.account_secret(name))
            except client.exceptions.ResourceNotFoundException:
                return False
        return True

    def probe_key(self) -> None:
        """See whether secrets can be made under the stack's key.

        Raises:
            AccountUnavailableError: they cannot; says what to do.
        """
        name = self._settings.account_secret(PROBE)
        try:
            self._create(name, "{}", str(uuid.uuid4()))
        finally:
            with self._faults("to delete the secret", PROBE):
                self._client.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)

    def oauth_app(self) -> OAuthApp:
        """The OAuth application's credentials.

        Raises:
            AccountUnavailableError: they are not there; says how to store them.
        """
        from calendly.oauth import OAuthApp

        application = self.application()
        if application.client_id is None or application.client_secret is None:
            raise AccountUnavailableError(application.problem or "No OAuth application is stored.")
        return OAuthApp(client_id=application.client_id, client_secret=application.client_secret)

    def application(self, deadline: Deadline | None = None) -> Application:
        """The OAuth application as it is stored, and what is wrong with it.

        Args:
            deadline: Secrets Manager is not waited for past it.

        Raises:
            AccountUnavailableError: Secrets Manager does not answer now.
        """
        from accounts.application import UNREADABLE, Application, parse

        name = self._settings.oauth_app_secret
        try:
            value = secrets.read(name, CURRENT, deadline)
        except (ScheduledForDeletionError, LockedSecretError) as error:
            return Application(UNREADABLE, error.message)
        return parse(value[0] if value else None, name)

    @property
    def _client(self) -> Any:
        return aws.client("secretsmanager")

    def _stack_tags(self) -> list[dict[str, str]]:
        """The stack's tags, which CloudFormation gave to the application's secret; none where they cannot be read."""
        with (
            suppress(AccountUnavailableError, AccountNotFoundError),
            self._faults("to look at the secret", "oauth-app"),
        ):
            known = self._client.describe_secret(SecretId=self._settings.oauth_app_secret)
            return [tag for tag in known.get("Tags", ()) if not tag["Key"].startswith("aws:")]
        return []

    def _create(self, name: str, text: str, version: str, tags: Sequence[dict[str, str]] = ()) -> None:
        key = {"KmsKeyId": self._settings.kms_key} if self._settings.kms_key else {}
        with self._faults("to make the secret", name.rpartition("/")[2]):
            self._client.create_secret(
                Name=name,
                SecretString=text,
                ClientRequestToken=version,
                Description="A connected Calendly account. Written by rotate_tokens and connect alone.",
                Tags=[{"Key": "calendly-actions:stack", "Value": self._settings.stack}, *tags],
                **key,
            )

    def _without_current(self, name: str) -> SecretState:
        """What a secret is of which there is no current version to read."""
        try:
            with self._faults("to look at the secret", name):
                known = self._client.describe_secret(SecretId=self._settings.account_secret(name))
        except AccountNotFoundError:
            return SecretState.ABSENT
        return SecretState.SCHEDULED if known.get("DeletedDate") else SecretState.EMPTY

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

    @contextmanager
    def _faults(self, doing: str, name: str, *, hand_on: str | None = None) -> Iterator[None]:
        """Turn a failure of Secrets Manager into the error that says what state the secret is in."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except ClientError as error:
            code, message = aws.error_code(error), str(error.response.get("Error", {}).get("Message", ""))
            if is_absent(code):
                raise AccountNotFoundError(f"'{name}' was disconnected meanwhile. {how_to_connect(name)}") from None
            if code == hand_on:
                raise _RefusedParameterError from None
            raise refusal(self._settings.account_secret(name), doing, code, message) from error
        except BotoCoreError as error:
            raise aws.refused(f"{doing} {self._settings.account_secret(name)}", aws.error_code(error)) from error


class _RefusedParameterError(Exception):
    """The labels are not where the request says they are."""
