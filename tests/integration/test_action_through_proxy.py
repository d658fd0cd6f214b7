"""A whole action through a CONNECT proxy and with a CA bundle, by the usual variables: secret and Calendly alike."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.loopback import Loopback, loopback
from tests.integration.serving import Proxy
from tests.unit.test_architecture import LAYER, ROOT

CALL = """
import json, sys
from types import SimpleNamespace
from retrieve_user import handler
context = SimpleNamespace(aws_request_id="r", function_name="f", memory_limit_in_mb=512, invoked_function_arn="a",
                          get_remaining_time_in_millis=lambda: 20000)
print(json.dumps(handler({"user": "me"}, context)))
"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loopback]:
    with loopback(tmp_path_factory.mktemp("tls")) as served:
        yield served


def call(service: Loopback, **environment: str) -> subprocess.CompletedProcess[str]:
    """``retrieve_user`` in a process of its own, as Lambda would give it its environment."""
    return subprocess.run(
        [sys.executable, "-c", CALL],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join([str(ROOT / "functions" / "users"), str(LAYER)]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "STACK_NAME": "stack",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_ENDPOINT_URL": service.url,
            "CALENDLY_API_URL": service.url,
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def answer(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_an_action_works_through_a_proxy_with_a_ca_bundle(service: Loopback) -> None:
    proxy = Proxy(int(service.url.rsplit(":", 1)[1]))
    try:
        done = call(service, HTTPS_PROXY=f"http://127.0.0.1:{proxy.port}", REQUESTS_CA_BUNDLE=str(service.trusted))
        assert answer(done)["resource"]["name"] == "Ada Lovelace"
        assert proxy.requests
        assert all(request.startswith(b"CONNECT 127.0.0.1:") for request in proxy.requests)
    finally:
        proxy.close()


def test_no_proxy_is_used_where_none_is_wanted(service: Loopback) -> None:
    done = call(
        service, HTTPS_PROXY="http://127.0.0.1:9", NO_PROXY="127.0.0.1", REQUESTS_CA_BUNDLE=str(service.trusted)
    )
    assert answer(done)["resource"]["name"] == "Ada Lovelace"


@pytest.mark.parametrize(
    "environment",
    [{"HTTPS_PROXY": "http://127.0.0.1:9"}, {}],
    ids=["a proxy that is not there", "a certificate that nobody vouches for"],
)
def test_what_does_not_get_through_is_a_typed_error(service: Loopback, environment: dict[str, str]) -> None:
    trusted = {"REQUESTS_CA_BUNDLE": str(service.trusted)} if environment else {}
    done = call(service, **environment, **trusted)
    assert "AccountUnavailableError" in done.stderr
    assert Path(service.trusted).name not in done.stderr
