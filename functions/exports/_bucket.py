"""Where an export goes: ``{export}/events/{window}/{part}.jsonl``, and its checkpoints beside it."""

import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from accounts import aws
from accounts.settings import settings

Row = dict[str, Any]


@dataclass(frozen=True)
class Checkpoint:
    """How far a window is exported.

    Attributes:
        cursor: where to go on in the list of events.
        parts, events, invitees: how many are written.
    """

    cursor: str | None = None
    parts: int = 0
    events: int = 0
    invitees: int = 0
    done: bool = False

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
    client = aws.client("s3")
    with aws.faults("to write down what the export is of"):
        try:
            client.put_object(
                Bucket=settings().export_bucket,
                Key=key,
                Body=text.encode(),
                IfNoneMatch="*",
                ContentType="application/json",
            )
        except client.exceptions.ClientError as error:
            # Of two writers at once, one may be told that it is conflicting.
            if aws.error_code(error) not in ("PreconditionFailed", "ConditionalRequestConflict"):
                raise
            written = client.get_object(Bucket=settings().export_bucket, Key=key)["Body"].read().decode()
            return None if written == text else written
    return None


def load(export: str, window: str) -> Checkpoint | None:
    """A window's checkpoint, if it was begun."""
    client = aws.client("s3")
    with aws.faults("to read the export's checkpoint"):
        try:
            answer = client.get_object(Bucket=settings().export_bucket, Key=_checkpoint_key(export, window))
        except client.exceptions.NoSuchKey:
            return None
        return Checkpoint(**json.loads(answer["Body"].read()))


def save(export: str, window: str, checkpoint: Checkpoint) -> None:
    _put(_checkpoint_key(export, window), "application/json", json.dumps(asdict(checkpoint)))


def write_part(export: str, window: str, part: int, rows: list[Row]) -> None:
    """A part as JSON Lines. Writing it again replaces it."""
    lines = "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)
    _put(_part_key(export, window, part), "application/jsonl", lines)


def drop_parts_after(export: str, window: str, parts: int) -> None:
    """Delete the parts beyond a window's last: one may be left of a call that died before its checkpoint."""
    client, bucket = aws.client("s3"), settings().export_bucket
    with aws.faults("to tidy up the export"):
        answer = client.list_objects_v2(
            Bucket=bucket, Prefix=f"{export}/events/{_name(window)}/", StartAfter=_part_key(export, window, parts)
        )
        for item in answer.get("Contents", ()):
            client.delete_object(Bucket=bucket, Key=item["Key"])


def _put(key: str, content_type: str, text: str) -> None:
    with aws.faults("to write the export"):
        aws.client("s3").put_object(
            Bucket=settings().export_bucket, Key=key, ContentType=content_type, Body=text.encode(errors="replace")
        )


def _part_key(export: str, window: str, part: int) -> str:
    return f"{export}/events/{_name(window)}/{part:06d}.jsonl"


def _checkpoint_key(export: str, window: str) -> str:
    return f"{export}/checkpoints/{_name(window)}.json"


def _name(window: str) -> str:
    """A start time, without what file systems dislike."""
    return window.replace(":", "").replace(".000000", "")
