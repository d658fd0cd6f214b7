"""Reading a secret without boto3, which takes longer to import than most actions take to run.

One request to Secrets Manager's ``GetSecretValue`` over the session that also goes to Calendly, signed by
``requests-aws4auth``. Functions that write secrets use boto3.

Source: Secrets Manager's API reference.
"""

from __future__ import annotations

import os
import time
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from requests_aws4auth import AWS4Auth

from accounts.aws import refused
from accounts.secret_states import is_absent, refusal
from calendly import codec, http
from calendly.deadline import Deadline
from calendly.http import LostError, NotSentError

SERVICE = "secretsmanager"
TIMEOUT_SECONDS = 5.0
ATTEMPTS = 3
"""Requests in all, the first included."""

_FIRST_PAUSE = 0.1
_THROTTLED = {"ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"}


def read(name: str, stage: str, deadline: Deadline | None = None) -> tuple[str, str] | None:
    """A secret's string and version; None where there is no such secret or version.

    The string is empty where the secret holds bytes.

    Args:
        name: the secret's name.
        stage: the staging label of the version, such as ``AWSCURRENT``.
        deadline: nothing is waited for past it.

    Raises:
        ScheduledForDeletionError: somebody deleted it, and it can be brought back.
        LockedSecretError: its key cannot be used.
        AccountUnavailableError: Secrets Manager refuses, or cannot be reached.
    """
    body = codec.encode({"SecretId": name, "VersionStage": stage})
    pause, problem = _FIRST_PAUSE, "Timeout"
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(pause)
            pause *= 2
        if deadline is not None and deadline.remaining() <= pause:
            break
        try:
            status, answer = _post(body, deadline)
        except (NotSentError, LostError, ValueError) as error:
            problem = type(error).__name__
            continue
        if status == 200 and "VersionId" in answer:
            # A binary secret has no string, and so holds no account.
            return str(answer.get("SecretString", "")), str(answer["VersionId"])
        problem = str(answer.get("__type", status)).rpartition("#")[2]
        if is_absent(problem):
            return None
        if status < 500 and problem not in _THROTTLED:
            said = str(answer.get("Message") or answer.get("message") or "")
            raise refusal(name, "to read the secret", problem, said)
    raise refused(f"to read the secret {name}", problem)


def _post(body: bytes, deadline: Deadline | None) -> tuple[int, dict[str, Any]]:
    answer = http.shared().send(
        "POST",
        _endpoint(),
        headers={"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"{SERVICE}.GetSecretValue"},
        body=body,
        deadline=deadline.sooner(TIMEOUT_SECONDS) if deadline else Deadline(TIMEOUT_SECONDS),
        auth=_signer(),
    )
    document = codec.decode(answer.body or b"{}")
    if not isinstance(document, dict):
        raise ValueError("no JSON object")
    return answer.status, document


@lru_cache(maxsize=1)
def _signer() -> AWS4Auth:
    """Signs with what Lambda gives a function in its environment."""
    return AWS4Auth(
        os.environ["AWS_ACCESS_KEY_ID"],
        os.environ["AWS_SECRET_ACCESS_KEY"],
        _region(),
        SERVICE,
        session_token=os.environ.get("AWS_SESSION_TOKEN"),
    )


def _region() -> str:
    return os.environ.get("AWS_REGION") or os.environ["AWS_DEFAULT_REGION"]


def _endpoint() -> str:
    """Where boto3 would send it, with the same variables."""
    given = os.environ.get("AWS_ENDPOINT_URL_SECRETS_MANAGER") or os.environ.get("AWS_ENDPOINT_URL")
    domain = "amazonaws.com.cn" if _region().startswith("cn-") else "amazonaws.com"
    address = urlsplit(given or f"https://{SERVICE}.{_region()}.{domain}")
    return f"{address.scheme}://{address.netloc}/"
