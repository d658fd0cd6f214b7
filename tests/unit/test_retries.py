"""The retry decision."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendly.retries import MAX_ATTEMPTS, TIME_FOR_ONE_REQUEST, Decision, Outcome, decide


def choose(outcome: Outcome, **changed: object) -> Decision:
    usual = {"write": False, "attempt": 1, "remaining": 60.0, "jitter": 0.5, "reset": None}
    return decide(outcome, **{**usual, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize("outcome", Outcome)
def test_reads_are_repeated(outcome: Outcome) -> None:
    assert choose(outcome).again


@pytest.mark.parametrize("outcome", Outcome)
def test_writes_are_repeated_only_where_calendly_did_not_act(outcome: Outcome) -> None:
    assert choose(outcome, write=True).again is (outcome in (Outcome.NOT_SENT, Outcome.RATE_LIMITED, Outcome.NOT_ACTED))


def test_waits_for_the_reset_when_time_allows() -> None:
    decision = choose(Outcome.RATE_LIMITED, reset=30.0)
    assert decision.again
    assert 30 <= decision.wait <= 30.25
    assert not choose(Outcome.RATE_LIMITED, reset=59.0).again


def test_waits_longer_each_time() -> None:
    waits = [choose(Outcome.SERVER_ERROR, attempt=attempt).wait for attempt in (1, 2, 3)]
    assert waits == sorted(waits)
    assert waits[0] < waits[2]


@given(
    outcome=st.sampled_from(Outcome),
    write=st.booleans(),
    attempt=st.integers(1, 10),
    remaining=st.floats(0, 900),
    jitter=st.floats(0, 1, exclude_max=True),
    reset=st.none() | st.floats(0, 3600),
)
def test_never_waits_past_the_deadline(
    outcome: Outcome, write: bool, attempt: int, remaining: float, jitter: float, reset: float | None
) -> None:
    decision = decide(outcome, write=write, attempt=attempt, remaining=remaining, jitter=jitter, reset=reset)
    if decision.again:
        assert decision.wait + TIME_FOR_ONE_REQUEST <= remaining
        assert attempt < MAX_ATTEMPTS
