"""What ``STATE=dir`` keeps from run to run: account secrets, table, buckets, and the sandbox's world.

The folder and its files are readable by their owner alone: they may hold a real account's tokens. Everything is written
soon after it changed, because a refresh token works once: one that was replaced and not kept is an account lost.
"""

from __future__ import annotations

import base64
import json
import os
import stat
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from local.ports import Ports
from local.resources import Aws
from sandbox.keeping import dump, load
from sandbox.world import World

VERSION = 1
_AWS, _WORLD, _OF = "aws.json", "world.pickle", "of.json"
_PAUSE = 1.0


class StateError(Exception):
    """The folder cannot be used; the message says why, and what to do."""


class Kept:
    """The kept state of a stack.

    Args:
        folder: where it is.
        of: what the state belongs to: its version and the stack's ports, which are part of the URIs in it.
    """

    def __init__(self, folder: Path, of: dict[str, Any]) -> None:
        self._folder = folder
        self._of = of
        self._aws: Aws | None = None
        self._world: World | None = None
        self._changed = threading.Event()
        self._closed = threading.Event()
        self._writing = threading.Lock()

    @classmethod
    def open(cls, folder: Path, ports: Ports) -> Kept:
        """The state in a folder, which is made if there is none.

        Raises:
            StateError: it is somebody else's, others may read it, or it belongs to other ports.
        """
        of = {"version": VERSION, "ports": asdict(ports)}
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _check_owner(folder)
        before = folder / _OF
        if before.exists():
            _check_owner(before)
            found = json.loads(before.read_text())
            if found.get("version") != VERSION:
                raise StateError(f"{folder} holds the state of another version. Choose another folder, or remove it.")
            if found["ports"] != of["ports"]:
                numbers = found["ports"]
                wanted = " ".join(f"{name.strip('_').upper()}_PORT={number}" for name, number in numbers.items())
                raise StateError(
                    f"The state in {folder} belongs to other ports. Start with {wanted}, or choose another folder."
                )
        return cls(folder, of)

    def restore(self, aws: Aws, world: World) -> None:
        """Put what was kept into a stack that is otherwise ready, and keep what it has from now on."""
        putters: dict[str, Callable[[bytes], None]] = {
            _WORLD: lambda data: load(world, data),
            _AWS: lambda data: _put(aws, json.loads(data)),
        }
        for name, put in putters.items():
            path = self._folder / name
            if path.exists():
                _check_owner(path)
                try:
                    put(path.read_bytes())
                except Exception as error:
                    raise StateError(
                        f"{path} cannot be read ({type(error).__name__}). Choose another folder, or remove this one."
                    ) from None
        self._aws, self._world = aws, world
        _store(self._folder / _OF, json.dumps(self._of).encode())
        self._write()
        threading.Thread(target=self._keep, daemon=True).start()

    def changed(self) -> None:
        """Something may have changed: write soon."""
        self._changed.set()

    def close(self) -> None:
        """Write for the last time."""
        self._closed.set()
        self._changed.set()
        self._write()

    def _keep(self) -> None:
        while not self._closed.is_set():
            self._changed.wait()
            self._changed.clear()
            if not self._closed.wait(_PAUSE):
                self._write()

    def _write(self) -> None:
        if self._aws is None or self._world is None:
            return
        with self._writing:
            _store(self._folder / _WORLD, dump(self._world))
            _store(self._folder / _AWS, json.dumps(_get(self._aws)).encode())


def _check_owner(path: Path) -> None:
    """Raise StateError unless the path is this user's, and nobody else may read or write it."""
    found = path.stat()
    if found.st_uid != os.getuid():
        raise StateError(f"{path} belongs to another user. Choose another folder.")
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise StateError(f"{path} can be read by others, and would hold tokens. Do: chmod -R go= {path}")


def _store(path: Path, data: bytes) -> None:
    """Write a file in one step, readable by its owner alone."""
    new = path.with_suffix(".new")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
    new.replace(path)


def _get(aws: Aws) -> dict[str, Any]:
    return {"secrets": _secrets(aws), "tables": _tables(aws), "buckets": _buckets(aws)}


def _secrets(aws: Aws) -> list[dict[str, Any]]:
    """Every secret with its versions, the oldest first."""
    client, found = aws.client("secretsmanager"), []
    for page in client.get_paginator("list_secrets").paginate():
        for secret in page["SecretList"]:
            versions = client.list_secret_version_ids(SecretId=secret["Name"])["Versions"]
            staged = sorted((v for v in versions if v.get("VersionStages")), key=lambda v: str(v["CreatedDate"]))
            strings = [
                {
                    "id": version["VersionId"],
                    "stages": version["VersionStages"],
                    "string": client.get_secret_value(SecretId=secret["Name"], VersionId=version["VersionId"])[
                        "SecretString"
                    ],
                }
                for version in staged
            ]
            found.append({"name": secret["Name"], "versions": strings})
    return found


def _tables(aws: Aws) -> dict[str, Any]:
    client = aws.client("dynamodb")
    return {
        name: [_plain(item) for page in client.get_paginator("scan").paginate(TableName=name) for item in page["Items"]]
        for name in client.list_tables()["TableNames"]
    }


def _buckets(aws: Aws) -> dict[str, dict[str, str]]:
    client = aws.client("s3")
    return {
        bucket["Name"]: {
            each["Key"]: base64.b64encode(
                client.get_object(Bucket=bucket["Name"], Key=each["Key"])["Body"].read()
            ).decode()
            for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket["Name"])
            for each in page.get("Contents", ())
        }
        for bucket in client.list_buckets()["Buckets"]
    }


def _put(aws: Aws, kept: dict[str, Any]) -> None:
    secrets, table, s3 = aws.client("secretsmanager"), aws.client("dynamodb"), aws.client("s3")
    there = {each["Name"] for page in secrets.get_paginator("list_secrets").paginate() for each in page["SecretList"]}
    for secret in kept["secrets"]:
        for version in secret["versions"]:
            content = {"SecretString": version["string"], "ClientRequestToken": version["id"]}
            if secret["name"] in there:
                secrets.put_secret_value(SecretId=secret["name"], VersionStages=version["stages"], **content)
            else:
                secrets.create_secret(Name=secret["name"], **content)
                there.add(secret["name"])
    for name, items in kept["tables"].items():
        for item in items:
            table.put_item(TableName=name, Item=_typed(item))
    for name, objects in kept["buckets"].items():
        for key, content in objects.items():
            s3.put_object(Bucket=name, Key=key, Body=base64.b64decode(content))


def _plain(value: Any) -> Any:
    """DynamoDB's JSON with its bytes as text."""
    if isinstance(value, dict):
        return {
            name: {"b64": base64.b64encode(each).decode()} if name == "B" and isinstance(each, bytes) else _plain(each)
            for name, each in value.items()
        }
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _typed(value: Any) -> Any:
    """The same back again."""
    if isinstance(value, dict):
        if set(value) == {"B"} and isinstance(value["B"], dict) and set(value["B"]) == {"b64"}:
            return {"B": base64.b64decode(value["B"]["b64"])}
        return {name: _typed(each) for name, each in value.items()}
    return [_typed(each) for each in value] if isinstance(value, list) else value
