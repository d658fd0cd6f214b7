"""Servers and proxies on loopback that speak what a test tells them to, byte by byte."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DRIP_SECONDS = 0.05
Says = bytes | Iterator[bytes] | None


def drip(begins: bytes, drips: bytes) -> Iterator[bytes]:
    """The beginning at once, and the rest a byte at a time."""
    yield begins
    for position in range(len(drips)):
        time.sleep(DRIP_SECONDS)
        yield drips[position : position + 1]


class Listening:
    """A thread for each connection, which are counted."""

    def __init__(self) -> None:
        self.connections = 0
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True, name="server").start()

    def close(self) -> None:
        # A close alone does not wake up who waits for a connection.
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def serve(self, connection: socket.socket) -> None:
        raise NotImplementedError

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True, name="server").start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.serve(connection)


class Server(Listening):
    """Answers each request with what ``says`` gives for its number. None hangs up instead."""

    def __init__(self, says: Callable[[int], Says], tls: ssl.SSLContext | None = None) -> None:
        self.says = says
        self.tls = tls
        self.requests: list[bytes] = []
        self.hang_up_after: int | None = None
        super().__init__()
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"

    def serve(self, connection: socket.socket) -> None:
        stream = self.tls.wrap_socket(connection, server_side=True) if self.tls else connection
        served = 0
        with stream:
            while request := read_request(stream):
                self.requests.append(request)
                said = self.says(len(self.requests))
                if said is None:
                    return
                for piece in [said] if isinstance(said, bytes) else said:
                    stream.sendall(piece)
                served += 1
                if served == self.hang_up_after:
                    return


class Proxy(Listening):
    """Answers CONNECT with what ``says`` gives, and carries on to the server's port, whatever host was asked for."""

    def __init__(
        self,
        to: int,
        says: Callable[[], Iterator[bytes]] = lambda: iter([b"HTTP/1.1 200 OK\r\n\r\n"]),
        *,
        hangs_up: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.to = to
        self.says = says
        self.hangs_up = hangs_up
        self.tls = tls
        self.requests: list[bytes] = []
        super().__init__()
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"

    def serve(self, connection: socket.socket) -> None:
        stream = self.tls.wrap_socket(connection, server_side=True) if self.tls else connection
        with stream, socket.create_connection(("127.0.0.1", self.to)) as onward:
            request = read_request(stream)
            self.requests.append(request)
            if request.startswith(b"CONNECT "):
                for piece in self.says():
                    stream.sendall(piece)
                if self.hangs_up:
                    return
            else:
                onward.sendall(request)
            threading.Thread(target=carry, args=(onward, stream), daemon=True, name="server").start()
            carry(stream, onward)


def carry(here: socket.socket, there: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := here.recv(65536):
            there.sendall(piece)
    for end in (here, there):
        with contextlib.suppress(OSError):
            socket.socket.shutdown(end, socket.SHUT_RDWR)


def read_request(stream: socket.socket) -> bytes:
    """Head and body; empty where the other side hung up."""
    said = b""
    while b"\r\n\r\n" not in said:
        piece = stream.recv(65536)
        if not piece:
            return b""
        said += piece
    head, _, body = said.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    missing = int(lengths[0]) - len(body) if lengths else 0
    while missing > 0:
        piece = stream.recv(missing)
        said += piece
        missing -= len(piece)
    return said


class Authority:
    """A CA in a folder, and a certificate of it for 127.0.0.1 and api.calendly.test."""

    def __init__(self, folder: Path) -> None:
        self.bundle = folder / "ca.pem"
        self._now = datetime.datetime.now(datetime.UTC)
        self._key = ec.generate_private_key(ec.SECP256R1())
        root = self._build("Test CA", self._key).add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        self.bundle.write_bytes(self._sign(root.add_extension(usage, True)))
        key = ec.generate_private_key(ec.SECP256R1())
        names = [x509.DNSName("api.calendly.test"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        leaf = self._build("server", key).add_extension(x509.SubjectAlternativeName(names), False)
        chain = folder / "server.pem"
        chain.write_bytes(
            self._sign(leaf.add_extension(x509.BasicConstraints(ca=False, path_length=None), True))
            + key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(chain)

    def _build(self, name: str, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test CA")])
        own = self._key.public_key()
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._now - datetime.timedelta(days=1))
            .not_valid_after(self._now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(own), False)
        )

    def _sign(self, certificate: x509.CertificateBuilder) -> bytes:
        return certificate.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
