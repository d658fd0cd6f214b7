"""What Secrets Manager's refusals say about the state of a secret, and what to do about each.

Source: the errors of GetSecretValue, PutSecretValue and DeleteSecret in Secrets Manager's API reference, and the errors
of KMS that Secrets Manager hands on, in several spellings.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from accounts.account import Account
from calendly.errors import AccountNotFoundError, AccountUnavailableError

_ABSENT = "ResourceNotFoundException"
_LOCKED = ("kms", "decryptionfailure", "encryptionfailure")
"""How the names of errors begin that are about the secret's key, in lower case."""


class SecretState(StrEnum):
    """What there is under a secret's name."""

    ABSENT = "absent"
    USABLE = "usable"
    DAMAGED = "damaged"
    EMPTY = "empty"
    """It is there, and no version of it is the current one."""
    SCHEDULED = "scheduled for deletion"
    LOCKED = "locked"
    """Its key is disabled, deleted, or not for our roles."""


class Found(NamedTuple):
    """What there is under an account's name.

    Attributes:
        state: of its secret.
        account: what is stored, where it can be read.
        version: the version that is current, if any is.
    """

    state: SecretState
    account: Account | None = None
    version: str | None = None


class ScheduledForDeletionError(AccountNotFoundError):
    """Somebody deleted the secret, and it can be brought back for some days."""


class LockedSecretError(AccountUnavailableError):
    """The secret's key cannot be used."""

    retryable = False


def is_absent(code: str) -> bool:
    """Whether an error's name says that there is no such secret, or no such version."""
    return code.rpartition("#")[2] == _ABSENT


def refusal(secret: str, doing: str, code: str, message: str) -> AccountUnavailableError | AccountNotFoundError:
    """The error for a refusal of Secrets Manager's, with what to do next.

    Args:
        secret: the secret's name.
        doing: what it would not do, as in "to read the secret".
        code, message: what it said. Nothing of the message is handed on.
    """
    said = message.lower()
    about_key = "kms" in said or "encryption key" in said
    if code.lower().startswith(_LOCKED) or (
        about_key and code in ("AccessDeniedException", "InvalidRequestException", "InvalidParameterException")
    ):
        return LockedSecretError(
            f"AWS refused {doing}: the key of the secret {secret} cannot be used ({code}). Make it usable: aws kms "
            "enable-key, or aws kms cancel-key-deletion, with its --key-id from aws secretsmanager describe-secret "
            f"--secret-id {secret}, or give up what is stored: aws secretsmanager delete-secret --secret-id {secret} "
            "--force-delete-without-recovery."
        )
    if code == "InvalidRequestException" and "delet" in said:
        return ScheduledForDeletionError(
            f"The secret {secret} is scheduled for deletion. Bring it back with: aws secretsmanager restore-secret "
            f"--secret-id {secret}."
        )
    if code == "AccessDeniedException":
        return AccountUnavailableError(
            f"AWS refused {doing} {secret}: {code}. The function's role must be allowed to: deploy the stack again, "
            "and look for a policy of your organization that denies it."
        )
    return AccountUnavailableError(f"AWS refused {doing} {secret}: {code}. Try again later.")
