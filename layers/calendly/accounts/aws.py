"""AWS clients, made on first use: importing boto3 costs more than most actions do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from calendly.errors import AccountUnavailableError


@cache
def client(service: str, read_timeout: float = 5.0, attempts: int = 3) -> Any:
    """A boto3 client with short timeouts; shared, because clients are safe between threads and sessions are not.

    Args:
        service: boto3's name of the service.
        read_timeout: seconds to wait for an answer.
        attempts: requests in all, the first included.
    """
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=2,
        read_timeout=read_timeout,
        retries={"total_max_attempts": attempts, "mode": "standard"},
        max_pool_connections=32,
    )
    make: Any = boto3.client
    return make(service, config=config)


def error_code(error: BaseException) -> str:
    """AWS's name for what went wrong, such as ``ThrottlingException``; the exception's own for anything else."""
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        return str(response.get("Error", {}).get("Code", type(error).__name__))
    return type(error).__name__


def refused(doing: str, why: str) -> AccountUnavailableError:
    """The error for an AWS service that would not do something."""
    return AccountUnavailableError(f"AWS refused {doing}: {why}. Try again later.")


@contextmanager
def faults(doing: str) -> Iterator[None]:
    """Turn any failure of an AWS call into an ``AccountUnavailableError`` that says what could not be done."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise refused(doing, error_code(error)) from error
