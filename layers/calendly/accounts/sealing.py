"""Sealing a refresh token so that it can wait outside Secrets Manager.

When Secrets Manager refuses to store fresh tokens, the refresh token is parked in the table, sealed with a one-time pad
that KMS made *before* the exchange: a KMS that fails afterwards cannot keep us from parking, only from adopting before
it is back. The pad is random, as long as what it hides, used once, and kept in clear nowhere but in memory.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Any, Protocol

from accounts import aws

PAD_BYTES = 1024
"""What KMS makes at once, at most."""

_MAC_BYTES = 32
CONTEXT = {"calendly-actions": "parked-refresh-token"}
"""KMS's encryption context; the policy of rotate_tokens allows the key for nothing else."""


class UnsealError(Exception):
    """The parked token is damaged."""


@dataclass(frozen=True)
class Pad:
    """A one-time pad.

    Attributes:
        clear: the random bytes.
        wrapped: the same, encrypted by KMS, in pieces of ``PAD_BYTES``.
    """

    clear: bytes = field(repr=False)
    wrapped: tuple[bytes, ...] = field(repr=False)

    def seal(self, text: str) -> bytes:
        """The text under this pad, and a tag that tells damage. Only once per pad."""
        key, pad, plain = self.clear[:_MAC_BYTES], self.clear[_MAC_BYTES:], text.encode()
        if len(plain) > len(pad):
            raise ValueError("the pad is shorter than the text")
        hidden = bytes(a ^ b for a, b in zip(plain, pad, strict=False))
        return hmac.digest(key, hidden, hashlib.sha256) + hidden

    def unseal(self, sealed: bytes) -> str:
        """The text that was sealed. Raises UnsealError."""
        key, pad = self.clear[:_MAC_BYTES], self.clear[_MAC_BYTES:]
        tag, hidden = sealed[:_MAC_BYTES], sealed[_MAC_BYTES:]
        if not hmac.compare_digest(tag, hmac.digest(key, hidden, hashlib.sha256)):
            raise UnsealError
        return bytes(a ^ b for a, b in zip(hidden, pad, strict=False)).decode()


class Sealer(Protocol):
    """Makes pads, and opens those it made."""

    def new_pad(self, for_bytes: int) -> Pad: ...

    def open_pad(self, wrapped: tuple[bytes, ...]) -> Pad: ...


class KmsSealer:
    """Pads from KMS.

    Args:
        key: id or alias of the key.
    """

    def __init__(self, key: str) -> None:
        self._key = key

    def new_pad(self, for_bytes: int) -> Pad:
        """A pad for a text of up to so many bytes. Raises AccountUnavailableError."""
        pieces = -(-(for_bytes + _MAC_BYTES) // PAD_BYTES)
        with aws.faults("to make an encryption key"):
            made: list[dict[str, Any]] = [
                aws.client("kms").generate_data_key(KeyId=self._key, NumberOfBytes=PAD_BYTES, EncryptionContext=CONTEXT)
                for _ in range(pieces)
            ]
        return Pad(b"".join(m["Plaintext"] for m in made), tuple(m["CiphertextBlob"] for m in made))

    def open_pad(self, wrapped: tuple[bytes, ...]) -> Pad:
        """The pad again, from what was kept of it. Raises AccountUnavailableError."""
        with aws.faults("to open a parked token"):
            clear = [
                aws.client("kms").decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT)["Plaintext"]
                for blob in wrapped
            ]
        return Pad(b"".join(clear), wrapped)
