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
        of: the inputs it belongs to.
        cursor: where to go on in the list of events.
        parts, events, invitees: how many are written.
    """

    of: dict[str, Any]
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
    _put(f"{export}/events/{_name(window)}/{part:06d}.jsonl", "application/jsonl", lines)


def _put(key: str, content_type: str, text: str) -> None:
    with aws.faults("to write the export"):
        aws.client("s3").put_object(
            Bucket=settings().export_bucket, Key=key, ContentType=content_type, Body=text.encode(errors="replace")
        )


def _checkpoint_key(export: str, window: str) -> str:
    return f"{export}/checkpoints/{_name(window)}.json"


def _name(window: str) -> str:
    """A start time, without what file systems dislike."""
    return window.replace(":", "").replace(".000000", "")
