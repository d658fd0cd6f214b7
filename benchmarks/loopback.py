"""AWS and Calendly on loopback, over TLS, without delay, so that only the function is measured."""

from __future__ import annotations

import datetime
import ipaddress
import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import certifi

ME = "https://api.calendly.com/users/AAAAAAAAAAAAAAAA"
ORGANIZATION = "https://api.calendly.com/organizations/BBBBBBBBBBBBBBBB"
EVENT_TYPE = "https://api.calendly.com/event_types/CCCCCCCCCCCCCCCC"
TIME = "2026-11-23T10:00:00.000000Z"

_ACCOUNT = {
    "name": "default",
    "kind": "oauth",
    "access_token": "eyJ" + "x" * 360,
    "refresh_token": "y" * 43,
    "expires_at": 4e9,
    "scopes": ["default"],
    "owner": ME,
    "organization": ORGANIZATION,
    "role": "owner",
    "generation": 1,
    "connected_at": 1.0,
    "refreshed_at": 1.0,
}
_USER = {
    "uri": ME,
    "name": "Ada Lovelace",
    "email": "ada@example.com",
    "timezone": "Europe/Berlin",
    "locale": "en",
    "current_organization": ORGANIZATION,
}
_LINK = {"booking_url": "https://calendly.com/d/abc/30min", "owner": EVENT_TYPE, "owner_type": "EventType"}


def event(number: int) -> dict[str, Any]:
    """A scheduled event of typical size."""
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(minutes=number)
    return {
        "uri": f"https://api.calendly.com/scheduled_events/{number:032d}",
        "name": "30 Minute Meeting",
        "status": "active",
        "start_time": start.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "end_time": TIME,
        "event_type": EVENT_TYPE,
        "location": {"type": "zoom", "status": "pushed", "join_url": "https://zoom.example/j/1", "data": {"id": 1}},
        "invitees_counter": {"total": 1, "active": 1, "limit": 1},
        "created_at": TIME,
        "updated_at": TIME,
        "event_memberships": [{"user": ME, "user_email": "ada@example.com", "user_name": "Ada Lovelace"}],
        "event_guests": [],
        "calendar_event": {"kind": "google", "external_id": "x" * 26},
        "meeting_notes_plain": None,
        "meeting_notes_html": None,
    }


@dataclass
class Loopback:
    """The address of the server, its request count, and its latency.

    Attributes:
        url: its address, for AWS and for Calendly alike.
        trusted: a CA bundle with its certificate added, because loading a bundle is part of a cold start.
        requests: how many Calendly was asked.
        latency: seconds before each of Calendly's answers.
        events: how many scheduled events there are.
    """

    url: str
    trusted: Path
    requests: int = 0
    latency: float = 0.0
    events: int = 0
    _pages: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def answer(self, method: str, target: str, body: bytes) -> bytes:
        if method == "POST" and target == "/":
            secret = {"SecretString": json.dumps(_ACCOUNT), "VersionId": "1", "Name": "default"}
            return json.dumps(secret).encode()
        if target == "/_requests":
            return str(self.requests).encode()
        self.requests += 1
        time.sleep(self.latency)
        path, query = urlsplit(target).path, dict(parse_qsl(urlsplit(target).query))
        if path == "/scheduled_events":
            # The published client sends the parameters of a list as JSON.
            query = {**json.loads(body or b"{}"), **query}
            return self._page(int(query.get("page_token", 0)), int(query.get("count", 20)))
        resource = _LINK if method == "POST" else _USER
        return json.dumps({"resource": resource}).encode()

    def _page(self, start: int, count: int) -> bytes:
        if (start, count) not in self._pages:
            rows = [event(number) for number in range(start, min(start + count, self.events))]
            following = str(start + count) if start + count < self.events else None
            pagination = {
                "count": len(rows),
                "next_page": f"{self.url}/scheduled_events?count={count}&page_token={following}" if following else None,
                "previous_page": None,
                "next_page_token": following,
                "previous_page_token": None,
            }
            self._pages[start, count] = json.dumps({"collection": rows, "pagination": pagination}).encode()
        return self._pages[start, count]

    def prepare(self, events: int) -> None:
        """Prepare the pages of ``events`` events, so that none is built during a measurement."""
        self.events = events
        self._pages.clear()
        for start in range(0, max(events, 1), 100):
            self._page(start, 100)


@contextmanager
def loopback(folder: Path) -> Iterator[Loopback]:
    """Serve until the block ends."""
    certificate, key = _certificate(folder)
    trusted = folder / "trusted.pem"
    trusted.write_bytes(certificate.read_bytes() + Path(certifi.where()).read_bytes())
    served = Loopback("", trusted)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 20
        disable_nagle_algorithm = True

        def log_message(self, *_: Any) -> None:
            """Log nothing."""

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                self.close_connection = True  # a function that was stopped

        def _serve(self) -> None:
            asked = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = served.answer(self.command, self.path, asked)
            self.send_response(201 if self.command == "POST" and self.path != "/" else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

        do_GET = do_POST = _serve

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    served.url = f"https://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield served
    server.shutdown()
    server.server_close()


def _certificate(folder: Path) -> tuple[Path, Path]:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
    )
    certificate = certificate.add_extension(
        x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
    ).add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    signed = certificate.sign(key, hashes.SHA256())
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths
