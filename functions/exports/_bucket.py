"""Where an export goes: ``{export}/events/{window}/{part}.jsonl``, and its checkpoints beside it."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import uuid4

from accounts import aws
from accounts.settings import settings

Row = dict[str, Any]

SECONDS_TO_COUNT = 2.0
"""How long a caller that wrote a part is waited for to count it; most often it is done in a tenth."""

_REFUSED = ("PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey")
"""What S3 says where a condition does not hold, where two writers meet, and where what was to match is gone."""


@dataclass(frozen=True)
class Checkpoint:
    """How far a window is exported.

    Attributes:
        cursor: where to go on in the list of events.
        parts, events, invitees: how many are written.
        writer: who saved it; it makes each saving another object, so that a condition on one is on that one alone.
    """

    cursor: str | None = None
    parts: int = 0
    events: int = 0
    invitees: int = 0
    done: bool = False
    writer: str = ""

    def after(self, rows: list[Row], cursor: str | None) -> "Checkpoint":
        """This one once these rows, too, are written."""
        return replace(
            self,
            cursor=cursor,
            parts=self.parts + bool(rows),
            events=self.events + len(rows),
            invitees=self.invitees + sum(len(row["invitees"]) for row in rows),
            done=cursor is None,
        )

    def counts(self, start_time: str) -> dict[str, Any]:
        """What a workflow is told."""
        counted = {name: getattr(self, name) for name in ("parts", "events", "invitees", "done")}
        return {"start_time": start_time, **counted}


def begin(export: str, inputs: dict[str, Any]) -> str | None:
    """Write down what an export is of; returns what it was begun with, as JSON, if that is something else."""
    key, text = f"{export}/export.json", json.dumps(inputs, sort_keys=True)
    if _put(key, "application/json", text, IfNoneMatch="*") is not None:
        return None
    with aws.faults("to read what the export is of"):
        answer = aws.client("s3").get_object(Bucket=settings().export_bucket, Key=key)
        written: str = answer["Body"].read().decode()
    return None if written == text else written


class Window:
    """A window's objects. Several callers may write one at once: each part is counted by one of them, and kept.

    The checkpoint decides. It is replaced only on condition that it is still the one that was read, and a part is
    written only where none is. A part that is there and not counted is of a caller that died, or is just about to
    count it. It is replaced by whoever has renewed the checkpoint, with which the other can count it no more.

    Args:
        export: the export's name.
        start_time: the window's.
        sleep: waits so many seconds.
    """

    def __init__(self, export: str, start_time: str, sleep: Callable[[float], None] = time.sleep) -> None:
        # A start time, without what file systems dislike.
        name = start_time.replace(":", "").replace(".000000", "")
        self._parts = f"{export}/events/{name}/"
        self._key = f"{export}/checkpoints/{name}.json"
        self._sleep = sleep
        self._etag: str | None = None

    def load(self) -> Checkpoint:
        """The window's checkpoint as it is now."""
        client = aws.client("s3")
        with aws.faults("to read the export's checkpoint"):
            try:
                answer = client.get_object(Bucket=settings().export_bucket, Key=self._key)
            except client.exceptions.NoSuchKey:
                self._etag = None
                return Checkpoint()
            self._etag = answer["ETag"]
            return Checkpoint(**json.loads(answer["Body"].read()))

    def add(self, before: Checkpoint, rows: list[Row], cursor: str | None) -> Checkpoint:
        """Write rows as the next part, and count them.

        Args:
            before: the checkpoint that was loaded or added last.
            rows: what follows it.
            cursor: where to go on behind them.

        Returns:
            The checkpoint to go on from. Where another caller was faster it is theirs, and the rows count for nothing.
        """
        after = before.after(rows, cursor)
        if rows and not self._write(after.parts, rows, before):
            return self.load()
        return after if self._save(after) else self.load()

    def tidy(self, checkpoint: Checkpoint) -> None:
        """Delete what lies behind the last part of a window that is done: callers that lost may leave parts."""
        client, bucket = aws.client("s3"), settings().export_bucket
        with aws.faults("to tidy up the export"):
            answer = client.list_objects_v2(
                Bucket=bucket, Prefix=self._parts, StartAfter=self._part_key(checkpoint.parts)
            )
            for item in answer.get("Contents", ()):
                client.delete_object(Bucket=bucket, Key=item["Key"])

    def _write(self, part: int, rows: list[Row], before: Checkpoint) -> bool:
        """Write a part as JSON Lines; False if it is another caller's."""
        key = self._part_key(part)
        lines = "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)
        if _put(key, "application/jsonl", lines, IfNoneMatch="*") is not None:
            return True
        self._sleep(SECONDS_TO_COUNT)
        there = self._etag_of(key)
        # In this order: a part that another caller writes after the renewal is not the one that was seen.
        condition = {"IfMatch": there} if there else {"IfNoneMatch": "*"}
        return self._save(before) and _put(key, "application/jsonl", lines, **condition) is not None

    def _save(self, checkpoint: Checkpoint) -> bool:
        """Replace the checkpoint that was read or saved last; False if it is not there any more."""
        text = json.dumps({**asdict(checkpoint), "writer": str(uuid4())})
        condition = {"IfMatch": self._etag} if self._etag else {"IfNoneMatch": "*"}
        etag = _put(self._key, "application/json", text, **condition)
        self._etag = etag or self._etag
        return etag is not None

    def _part_key(self, part: int) -> str:
        return f"{self._parts}{part:06d}.jsonl"

    @staticmethod
    def _etag_of(key: str) -> str | None:
        client = aws.client("s3")
        with aws.faults("to look at a part of the export"):
            try:
                etag: str = client.head_object(Bucket=settings().export_bucket, Key=key)["ETag"]
            except client.exceptions.ClientError as error:
                if aws.error_code(error) not in ("404", "NoSuchKey", "NotFound"):
                    raise
                return None
            return etag


def _put(key: str, content_type: str, text: str, **condition: str) -> str | None:
    """Write an object on a condition; returns its ETag, or None if the condition does not hold."""
    client = aws.client("s3")
    with aws.faults("to write the export"):
        try:
            answer = client.put_object(
                Bucket=settings().export_bucket,
                Key=key,
                Body=text.encode(errors="replace"),
                ContentType=content_type,
                **condition,
            )
        except client.exceptions.ClientError as error:
            if aws.error_code(error) not in _REFUSED:
                raise
            return None
        etag: str = answer["ETag"]
        return etag
