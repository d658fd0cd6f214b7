"""The ports of the local stack, always on 127.0.0.1."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from itertools import count

HOST = "127.0.0.1"


class PortTakenError(Exception):
    """A port is in use; the message says which, and how to choose another."""


@dataclass(frozen=True)
class Ports:
    """The ports of API Gateway, Lambda's Invoke API, all other AWS services, and the Calendly sandbox."""

    api: int
    lambda_: int
    aws: int
    calendly: int

    @classmethod
    def from_environment(cls) -> Ports:
        """The ports in ``API_PORT``, ``LAMBDA_PORT``, ``AWS_PORT`` and ``CALENDLY_PORT``, or the defaults."""
        return cls(
            _port("API_PORT", 3000), _port("LAMBDA_PORT", 3001), _port("AWS_PORT", 4566), _port("CALENDLY_PORT", 4010)
        )

    @classmethod
    def free(cls) -> Ports:
        """Unused ports, for tests that run in parallel.

        They are below those that the kernel gives to outgoing connections, which would take one between the choice and
        its use. Each process begins elsewhere, so that two do not choose the same.
        """
        found: list[int] = []
        while len(found) < 4:
            port = 10_000 + next(_candidates) % 20_000
            if _is_free(port):
                found.append(port)
        return cls(*found)

    def check(self) -> None:
        """Raise PortTakenError if any is in use."""
        variables = {
            "API_PORT": self.api,
            "LAMBDA_PORT": self.lambda_,
            "AWS_PORT": self.aws,
            "CALENDLY_PORT": self.calendly,
        }
        for variable, port in variables.items():
            if not _is_free(port):
                raise PortTakenError(
                    f"Port {port} is taken by another program. Stop it, or choose another port with {variable}=..."
                )

    def url(self, port: int) -> str:
        return f"http://{HOST}:{port}"


_candidates = count(os.getpid() * 16)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _port(variable: str, default: int) -> int:
    text = os.environ.get(variable, str(default))
    if not (text.isdigit() and 0 < int(text) < 65536):
        raise PortTakenError(f"{variable} must be a port number, not {text!r}.")
    return int(text)
