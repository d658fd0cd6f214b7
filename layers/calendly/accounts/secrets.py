"""Reading a secret without boto3, which takes longer to import than most actions take to run.

One signed request (AWS Signature Version 4) to Secrets Manager's ``GetSecretValue``, over connections like those to
Calendly. Whoever writes secrets has boto3 at hand, and uses it.

Source: "Create a signed AWS API request" in AWS's IAM user guide; Secrets Manager's API reference.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import time
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from accounts.aws import refused
from accounts.secret_states import is_absent, refusal
from calendly import codec
from calendly.connections import Connections, LostError, NotSentError
from calendly.deadline import Deadline

SERVICE = "secretsmanager"
TIMEOUT_SECONDS = 5.0
ATTEMPTS = 3
"""Requests in all, the first included."""

_FIRST_PAUSE = 0.1
_THROTTLED = {"ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"}

_connections = Connections()


class Credentials(NamedTuple):
    """What Lambda gives a function in its environment."""

    access_key: str
    secret_key: str
    session_token: str | None

    @classmethod
    def from_environment(cls) -> Credentials:
        return cls(
            os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"], os.environ.get("AWS_SESSION_TOKEN")
        )

    def __repr__(self) -> str:
        return f"Credentials({self.access_key})"


def read(name: str, stage: str) -> tuple[str, str] | None:
    """A secret's string and version; None where there is no such secret or version.

    The string is empty where the secret holds bytes.

    Args:
        name: the secret's name.
        stage: the staging label of the version, such as ``AWSCURRENT``.

    Raises:
        ScheduledForDeletionError: somebody deleted it, and it can be brought back.
        LockedSecretError: its key cannot be used.
        AccountUnavailableError: Secrets Manager refuses, or cannot be reached.
    """
    body = codec.encode({"SecretId": name, "VersionStage": stage})
    pause, problem = _FIRST_PAUSE, ""
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(pause)
            pause *= 2
        try:
            status, answer = _post(body)
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


def sign(
    credentials: Credentials, *, region: str, host: str, headers: Mapping[str, str], body: bytes, now: float
) -> dict[str, str]:
    """The headers of a signed POST to ``/``, but for ``Host``.

    Args:
        credentials: whose request it is.
        region: of the service.
        host: as the request names it, with its port where that is not the usual one.
        headers: what to send and sign beside the host.
        body: what to send.
        now: seconds since the epoch.
    """
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    scope = f"{moment[:8]}/{region}/{SERVICE}/aws4_request"
    signed = {**{name.lower(): value for name, value in headers.items()}, "host": host, "x-amz-date": moment}
    if credentials.session_token:
        signed["x-amz-security-token"] = credentials.session_token
    names = ";".join(sorted(signed))
    canonical = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    request = f"POST\n/\n\n{canonical}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    text = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"AWS4{credentials.secret_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.new(key, text.encode(), "sha256").hexdigest()
    authorization = (
        f"AWS4-HMAC-SHA256 Credential={credentials.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    del signed["host"]
    return {**signed, "authorization": authorization}


def _post(body: bytes) -> tuple[int, dict[str, Any]]:
    address = urlsplit(_endpoint())
    headers = sign(
        Credentials.from_environment(),
        region=_region(),
        host=address.netloc,
        headers={"content-type": "application/x-amz-json-1.1", "x-amz-target": f"{SERVICE}.GetSecretValue"},
        body=body,
        now=time.time(),
    )
    answer = _connections.send(
        "POST",
        f"{address.scheme}://{address.netloc}/",
        headers=headers,
        body=body,
        deadline=Deadline(TIMEOUT_SECONDS),
    )
    document = codec.decode(answer.body or b"{}")
    if not isinstance(document, dict):
        raise ValueError("no JSON object")
    return answer.status, document


def _region() -> str:
    return os.environ.get("AWS_REGION") or os.environ["AWS_DEFAULT_REGION"]


def _endpoint() -> str:
    """Where boto3 would send it, with the same variables."""
    given = os.environ.get("AWS_ENDPOINT_URL_SECRETS_MANAGER") or os.environ.get("AWS_ENDPOINT_URL")
    domain = "amazonaws.com.cn" if _region().startswith("cn-") else "amazonaws.com"
    return given or f"https://{SERVICE}.{_region()}.{domain}"
