"""The notes of moves that may be open: what the clean-up reads instead of a month's records."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.table import Table
from actions.move_records import LOOKED, OPEN_PARTITION
from calendly.errors import PermissionDeniedError
from tests.integration.test_reschedule import (
    CANCEL,
    Moves,
    calls,
    moves,
    stopped_before_the_cancellation,
)
from tests.moves import Booked

__all__ = ["calls", "moves"]
"""Fixtures."""


def test_the_clean_up_reads_what_may_be_open_and_nothing_else(moves: Moves, monkeypatch: pytest.MonkeyPatch) -> None:
    done, left = Booked(moves.calls.world), Booked(moves.calls.world)
    moves.move(done)
    moves.clean_up(done)  # looks at every record, as it does once a day
    stopped_before_the_cancellation(moves, left)
    minutes_pass()
    queried, query = [], Table.query

    def spy(self: Table, pk: str, *more: Any, **how: Any) -> Any:
        queried.append(pk)
        return query(self, pk, *more, **how)

    with monkeypatch.context() as patch:
        patch.setattr(Table, "query", spy)
        assert moves.clean_up(left) == "done"
    assert queried == [OPEN_PARTITION]
    assert key_of(done) not in noted(), "it has ended"
    moves.clean_up(left)
    assert key_of(left) not in noted()


def test_a_note_outlives_a_call_that_is_about_to_write_its_record(moves: Moves) -> None:
    booked = Booked(moves.calls.world)
    moves.move(booked)
    moves.clean_up(booked)
    assert key_of(booked) in noted()
    minutes_pass()
    moves.clean_up(booked)
    assert key_of(booked) not in noted()


def test_an_open_move_of_a_version_that_noted_none_is_finished(moves: Moves) -> None:
    """And so is one that such a version wrote while this one was deployed: within a day."""
    booked = Booked(moves.calls.world)
    moves.clean_up(booked)
    stopped_before_the_cancellation(moves, booked)
    forget_notes()
    assert moves.clean_up(booked) is None
    minutes_pass(24 * 60)
    assert moves.clean_up(booked) == "done"


def test_a_move_that_is_taken_up_again_is_open_again(moves: Moves) -> None:
    booked = Booked(moves.calls.world)
    denied = {"title": "Permission Denied", "message": "You are not allowed to cancel this event"}
    moves.calls.fault(method="POST", path=CANCEL, status=403, body=denied)
    moves.refused(booked, PermissionDeniedError)
    minutes_pass()
    moves.clean_up(booked)
    forget_notes()
    stopped_before_the_cancellation(moves, booked)
    assert moves.clean_up(booked) == "done"


def key_of(booked: Booked) -> str:
    return str(booked.event["uri"]).rsplit("/", 1)[1]


def noted() -> list[str]:
    """The keys of the records that may be open."""
    return [note["sk"] for note in Table("Table").query(OPEN_PARTITION) if note["sk"] != LOOKED]


def forget_notes() -> None:
    for key in noted():
        Table("Table").remove(OPEN_PARTITION, key)


def minutes_pass(minutes: float = 2) -> None:
    """So many minutes pass for what is noted."""
    for note in Table("Table").query(OPEN_PARTITION):
        Table("Table").put({**note, "noted_at": note["noted_at"] - minutes * 60})
