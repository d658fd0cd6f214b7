"""Reading a secret without boto3: signed as botocore signs, and answered as boto3 would be."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from werkzeug.wrappers import Request, Response

from accounts import secrets
from accounts.secret_states import LockedSecretError, ScheduledForDeletionError
from accounts.secrets import read
from calendly.errors import AccountUnavailableError
from sandbox.server import serve

Answer = Callable[[Request], Response]


class SecretsManager:
    """A service that answers what a test wants, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Request] = []
        self.answers: list[Answer] = []

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        request.get_data()
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer(request)(environ, start_response)


def error(code: str, status: int = 400, message: str = "no") -> Answer:
    body = json.dumps({"__type": f"com.amazonaws.secretsmanager#{code}", "Message": message})
    return lambda _: Response(body, status, content_type="application/x-amz-json-1.1")


def good(_: Request) -> Response:
    return Response(json.dumps({"SecretString": "s", "VersionId": "v"}), content_type="application/x-amz-json-1.1")


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretsManager]:
    stub = SecretsManager()
    server = serve(stub, 0)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret-key")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "a-session-token")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setattr(secrets, "_FIRST_PAUSE", 0.001)
    secrets._signer.cache_clear()
    yield stub
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("token", ["", "a-session-token"])
def test_it_signs_as_botocore_does(service: SecretsManager, monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", token)
    secrets._signer.cache_clear()
    service.answers = [good]
    read("stack/accounts/default", "AWSCURRENT")
    (request,) = service.asked
    moment = datetime.strptime(request.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ")
    signed = request.headers["Authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
    assert {"host", "x-amz-date", "x-amz-target"} <= set(signed)
    assert ("x-amz-security-token" in signed) is bool(token)
    theirs = AWSRequest(
        "POST",
        request.url,
        headers={name: request.headers[name] for name in signed if name not in ("host", "x-amz-date")},
        data=request.get_data(),
    )
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda **_: moment)
    credentials = BotocoreCredentials("AKID", "a-secret-key", token or None)
    SigV4Auth(credentials, "secretsmanager", "eu-central-1").add_auth(theirs)
    assert request.headers["Authorization"].rpartition("=")[2] == theirs.headers["Authorization"].rpartition("=")[2]


def test_it_asks_for_a_version_and_gives_its_text(service: SecretsManager) -> None:
    service.answers = [good]
    assert read("stack/accounts/default", "AWSCURRENT") == ("s", "v")
    (request,) = service.asked
    assert request.headers["X-Amz-Target"] == "secretsmanager.GetSecretValue"
    assert request.headers["X-Amz-Security-Token"] == "a-session-token"
    assert json.loads(request.get_data()) == {"SecretId": "stack/accounts/default", "VersionStage": "AWSCURRENT"}


def test_what_is_not_there_is_none(service: SecretsManager) -> None:
    service.answers = [error("ResourceNotFoundException")]
    assert read("x", "AWSCURRENT") is None
    assert len(service.asked) == 1


def test_a_binary_secret_has_no_text(service: SecretsManager) -> None:
    service.answers = [lambda _: Response(json.dumps({"SecretBinary": "AAA=", "VersionId": "v"}))]
    assert read("x", "AWSCURRENT") == ("", "v")


@pytest.mark.parametrize(
    "message",
    [
        "You can't perform this operation on the secret because it was marked for deletion.",
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
        "You tried to perform the operation on a secret that's currently marked deleted.",
    ],
)
def test_a_secret_in_its_recovery_window_says_how_to_bring_it_back(service: SecretsManager, message: str) -> None:
    service.answers = [error("InvalidRequestException", message=message)]
    with pytest.raises(ScheduledForDeletionError, match="aws secretsmanager restore-secret --secret-id x"):
        read("x", "AWSCURRENT")
    assert len(service.asked) == 1


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("DecryptionFailure", "Secrets Manager can't decrypt the protected secret text using the provided KMS key."),
        ("DecryptionFailureException", ""),
        ("EncryptionFailure", ""),
        ("KMSDisabledException", ""),
        ("KMSInvalidStateException", "arn:aws:kms:eu-central-1:1:key/x is pending deletion."),
        ("KMSAccessDeniedException", ""),
        ("AccessDeniedException", "Access to KMS is not allowed"),
        ("InvalidRequestException", "The KMS key is pending deletion."),
        ("InvalidParameterException", "The specified KMS key is disabled."),
    ],
)
def test_a_secret_whose_key_cannot_be_used_says_what_to_do(service: SecretsManager, code: str, message: str) -> None:
    service.answers = [error(code, message=message)]
    with pytest.raises(LockedSecretError, match="aws kms enable-key"):
        read("x", "AWSCURRENT")
    assert len(service.asked) == 1


@pytest.mark.parametrize("first", [error("ThrottlingException"), error("InternalServiceError", 500)])
def test_what_may_pass_is_tried_again(service: SecretsManager, first: Answer) -> None:
    service.answers = [first, good]
    assert read("x", "AWSCURRENT") == ("s", "v")
    assert len(service.asked) == 2


def test_it_gives_up_after_three_attempts(service: SecretsManager) -> None:
    service.answers = [error("ThrottlingException")]
    with pytest.raises(AccountUnavailableError, match="ThrottlingException"):
        read("x", "AWSCURRENT")
    assert len(service.asked) == 3


def test_a_refusal_is_told_at_once_and_by_name(service: SecretsManager) -> None:
    service.answers = [error("AccessDeniedException")]
    with pytest.raises(AccountUnavailableError, match="AccessDeniedException"):
        read("x", "AWSCURRENT")
    assert len(service.asked) == 1


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"<html>"])
def test_an_answer_that_is_none_is_no_secret(service: SecretsManager, body: bytes) -> None:
    service.answers = [lambda _: Response(body, 500)]
    with pytest.raises(AccountUnavailableError):
        read("x", "AWSCURRENT")


@pytest.mark.parametrize(
    ("region", "endpoint"),
    [
        ("eu-central-1", "https://secretsmanager.eu-central-1.amazonaws.com"),
        ("cn-north-1", "https://secretsmanager.cn-north-1.amazonaws.com.cn"),
        ("us-gov-west-1", "https://secretsmanager.us-gov-west-1.amazonaws.com"),
    ],
)
def test_it_goes_where_boto3_would(monkeypatch: pytest.MonkeyPatch, region: str, endpoint: str) -> None:
    import boto3

    for variable in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SECRETS_MANAGER"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("AWS_REGION", region)
    assert secrets._endpoint() == f"{endpoint}/"
    client = boto3.client("secretsmanager", region, aws_access_key_id="x", aws_secret_access_key="x")
    assert client.meta.endpoint_url == endpoint
