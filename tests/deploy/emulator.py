"""The local AWS: ministack, which checks signatures and IAM policies. It listens on 127.0.0.1 alone."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from local.ports import HOST, Ports

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".local" / "deploy-check"
PYTHON = HOME / "ministack" / "bin" / "python"
"""The interpreter that runs the emulator, and the functions in it."""
WORK = HOME / "work"
_TEMPORARY = WORK / "tmp"
"""The functions' code and layers, once for each process: some gigabytes."""
_NOT_ITS_OWN = re.compile("AWS_|PYTHON|.*_PROXY$", re.IGNORECASE)
"""Variables of this shell that neither the emulator nor a function has."""
REGION, ACCOUNT = "us-east-1", "000000000000"


class EmulatorFailedError(Exception):
    """The emulator does not start; the message says where its log is."""


@dataclass(frozen=True)
class Caller:
    """Somebody with credentials in the AWS account."""

    key: str
    secret: str
    token: str | None = None


ROOT_USER = Caller("test", "test")
"""Whom the emulator lets do everything, and whose signature it does not check."""


@dataclass(frozen=True)
class Answer:
    """What an HTTP call was answered."""

    status: int
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Emulator:
    """A context manager: the emulator's process, clients of its services, and calls of what it serves."""

    def __init__(self) -> None:
        self.port = Ports.free().aws
        self.url = f"http://{HOST}:{self.port}"
        self.log = WORK / "ministack.log"

    def __enter__(self) -> Emulator:
        shutil.rmtree(_TEMPORARY, ignore_errors=True)
        _TEMPORARY.mkdir(parents=True)
        environment = {
            **{name: value for name, value in os.environ.items() if not _NOT_ITS_OWN.match(name)},
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": HOST,
            "IOT_MTLS_ENABLED": "0",
            "AUTH": "true",
            "TMPDIR": str(_TEMPORARY),
        }
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [PYTHON, "-m", "ministack"], env=environment, stdout=log, stderr=log, start_new_session=True
            )
        for _ in range(300):
            try:
                if requests.get(f"{self.url}/_ministack/health", timeout=5).ok:
                    return self
            except requests.ConnectionError:
                time.sleep(0.2)
            if self._process.poll() is not None:
                break
        self.__exit__()
        raise EmulatorFailedError(f"ministack does not start. Its log is {self.log}.")

    def __exit__(self, *_: object) -> None:
        # The functions' processes are in its session.
        for how in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self._process.pid, how)
                self._process.wait(10)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
        shutil.rmtree(_TEMPORARY, ignore_errors=True)

    def client(self, service: str, caller: Caller = ROOT_USER) -> Any:
        """A boto3 client that signs as a caller."""
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=caller.key,
            aws_secret_access_key=caller.secret,
            aws_session_token=caller.token,
            config=Config(retries={"total_max_attempts": 1}, read_timeout=120),
        )

    def caller(self, name: str, policy: dict[str, Any]) -> Caller:
        """A new IAM user who is allowed what a policy says, and nothing else."""
        iam = self.client("iam")
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="documented", PolicyDocument=json.dumps(policy))
        made = iam.create_access_key(UserName=name)["AccessKey"]
        return Caller(made["AccessKeyId"], made["SecretAccessKey"])

    def call(self, method: str, url: str, body: Any = None, caller: Caller | None = None) -> Answer:
        """Call an API, signed if there is a caller. The path is sent as it is given, whatever is wrong with it."""
        data = None if body is None else json.dumps(body)
        request = AWSRequest(method, url, data=data, headers={"Content-Type": "application/json"} if data else {})
        if caller:
            SigV4Auth(Credentials(caller.key, caller.secret, caller.token), "execute-api", REGION).add_auth(request)
        connection = http.client.HTTPConnection(HOST, self.port, timeout=120)
        try:
            connection.request(method, url.removeprefix(self.url), data, dict(request.headers))
            answer = connection.getresponse()
            return Answer(answer.status, answer.read().decode(errors="replace"))
        finally:
            connection.close()
