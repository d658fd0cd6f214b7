"""Certificates and proxies, which come from the environment."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from calendly.deadline import Deadline
from calendly.http import (
    Http,
    LostError,
    NotSentError,
)
from tests.integration.asking import HEAD, OK, get, send, took_until
from tests.integration.serving import Authority, Proxy, drip

pytestmark = pytest.mark.usefixtures("environment")


def test_a_certificate_that_nobody_vouches_for_means_not_sent(serving, authority: Authority) -> None:  # type: ignore[no-untyped-def]
    """Whatever answers, it is not Calendly: nothing was told to it."""
    server = serving(tls=authority.tls)
    with pytest.raises(NotSentError) as caught:
        send(Http(), server.url, method="POST", body=b"secret")
    assert str(caught.value) == "SSLError"
    assert server.requests == []


def test_a_certificate_of_another_name_means_not_sent(  # type: ignore[no-untyped-def]
    serving, trusted: Authority
) -> None:
    server = serving(tls=trusted.tls)
    with pytest.raises(NotSentError) as caught:
        send(Http(), f"https://localhost:{server.port}/")
    assert str(caught.value) == "SSLError"
    assert server.requests == []


def test_no_tls_where_tls_is_asked_for_means_not_sent(serving) -> None:  # type: ignore[no-untyped-def]
    server = serving(lambda _: OK)
    with pytest.raises(NotSentError):
        send(Http(), server.url.replace("http", "https"), method="POST", body=b"secret", deadline=Deadline(0.5))
    assert not any(b"secret" in request for request in server.requests)


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_bundle_is_taken_from_the_environment(  # type: ignore[no-untyped-def]
    serving, authority: Authority, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, str(authority.bundle))
    assert get(Http(), serving(tls=authority.tls)).status == 200


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_bundle_that_is_none_means_not_sent(  # type: ignore[no-untyped-def]
    serving, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    bundle = tmp_path / "bundle.pem"
    if content:
        bundle.write_text(content)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    server = serving(tls=authority.tls)
    with pytest.raises(NotSentError):
        get(Http(), server)
    assert server.connections == 0


# Proxies

ACTION = "https://api.calendly.test/users/me"


@pytest.mark.parametrize("is_tls", [False, True], ids=["plain proxy", "TLS proxy"])
def test_https_goes_through_a_tunnel(  # type: ignore[no-untyped-def]
    serving, listening, trusted: Authority, monkeypatch: pytest.MonkeyPatch, is_tls: bool
) -> None:
    server, http = serving(tls=trusted.tls), Http()
    proxy = listening(Proxy(server.port, tls=trusted.tls if is_tls else None))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", "//user:word@"))
    answers = [send(http, ACTION, method="POST", body=b"{}", headers={"Authorization": "x"}) for _ in range(2)]
    assert [answer.body for answer in answers] == [b"{}"] * 2
    assert (server.connections, proxy.connections) == (1, 1)
    assert server.requests[0].startswith(b"POST /users/me HTTP/1.1\r\nHost: api.calendly.test\r\n")
    assert b"proxy-authorization" not in server.requests[0].lower()
    assert b"\r\nAuthorization" not in proxy.requests[0]
    assert proxy.requests[0].startswith(b"CONNECT api.calendly.test:443 HTTP/1.")
    assert b"Proxy-Authorization: Basic " + base64.b64encode(b"user:word") in proxy.requests[0]


def test_a_tunnel_is_made_anew_after_a_hang_up(  # type: ignore[no-untyped-def]
    serving, listening, trusted: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, http = serving(tls=trusted.tls), Http()
    server.hang_up_after = 1
    proxy = listening(Proxy(server.port))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    for _ in range(3):
        assert send(http, ACTION).body == b"{}"
        time.sleep(0.05)
    assert [request.split()[1] for request in proxy.requests] == [b"api.calendly.test:443"] * 3


def test_http_is_handed_to_a_proxy(serving, listening, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    server = serving()
    proxy = listening(Proxy(server.port))
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    assert send(Http(), "http://api.calendly.test/users/me").body == b"{}"
    assert proxy.requests[0].startswith(b"GET http://api.calendly.test/users/me HTTP/1.1\r\n")


@pytest.mark.parametrize("is_trusted", [False, True])
def test_http_is_handed_to_a_tls_proxy_that_is_trusted(  # type: ignore[no-untyped-def]
    serving, listening, authority: Authority, monkeypatch: pytest.MonkeyPatch, is_trusted: bool
) -> None:
    server = serving()
    proxy = listening(Proxy(server.port, tls=authority.tls))
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    if is_trusted:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.bundle))
        assert send(Http(), "http://api.calendly.test/users/me").body == b"{}"
    else:
        with pytest.raises(NotSentError):
            send(Http(), "http://api.calendly.test/users/me")
    assert len(server.requests) == is_trusted


def test_hosts_can_be_kept_from_a_proxy(serving, listening, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    server = serving()
    proxy = listening(Proxy(server.port))
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert get(Http(), server).body == b"{}"
    assert proxy.connections == 0


def say(text: bytes) -> Callable[[], Iterator[bytes]]:
    return lambda: iter([text])


REFUSING: dict[str, dict[str, Any]] = {
    "refused": {"says": say(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")},
    "unavailable": {"says": say(b"HTTP/1.1 503 Service Unavailable\r\n\r\n")},
    "hung up": {"says": say(b""), "hangs_up": True},
    "hung up half-way": {"says": say(b"HTTP/1.1 200 OK\r\nX-Th"), "hangs_up": True},
    "hung up afterwards": {"says": say(b"HTTP/1.1 200 OK\r\n\r\n"), "hangs_up": True},
    "no HTTP": {"says": say(b"SSH-2.0-OpenSSH\r\n\r\n")},
}


@pytest.mark.parametrize("case", REFUSING)
def test_no_tunnel_means_not_sent(  # type: ignore[no-untyped-def]
    serving, listening, trusted: Authority, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    server = serving(tls=trusted.tls)
    proxy = listening(Proxy(server.port, **REFUSING[case]))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    with pytest.raises(NotSentError):
        send(Http(), ACTION)
    assert (proxy.connections, server.requests) == (1, [])


def test_a_tunnel_that_drips_in_is_given_up_at_the_deadline(  # type: ignore[no-untyped-def]
    serving, listening, trusted: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serving(tls=trusted.tls)
    proxy = listening(Proxy(server.port, lambda: drip(HEAD, b"X-Thing: yes\r\n" * 10)))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    took_until(0.5, NotSentError, lambda deadline: send(Http(), ACTION, deadline=deadline))


@pytest.mark.parametrize("is_tls", [False, True], ids=["plain proxy", "TLS proxy"])
def test_what_drips_through_a_tunnel_is_given_up_at_the_deadline(  # type: ignore[no-untyped-def]
    serving, listening, trusted: Authority, monkeypatch: pytest.MonkeyPatch, is_tls: bool
) -> None:
    server = serving(lambda _: drip(HEAD + b"Content-Length: 1000\r\n\r\n", b"x" * 100), tls=trusted.tls)
    proxy = listening(Proxy(server.port, tls=trusted.tls if is_tls else None))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    took_until(0.5, LostError, lambda deadline: send(Http(), ACTION, deadline=deadline))


@pytest.mark.parametrize("proxy", ["http://", "http://127.0.0.1:1", "socks5://127.0.0.1:1", "://", "http://a b:x/"])
def test_a_proxy_that_is_none_means_not_sent(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(NotSentError) as caught:
        send(Http(), ACTION)
    assert "127" not in str(caught.value)
