"""What a run reports goes to logs."""

from __future__ import annotations

from accounts.outcome import Outcome, Result
from accounts.sessions import Session


def test_no_addresses_of_people_or_places() -> None:
    said = "Sorry, ada@example.com (see https://example.com/a?token=x): no."
    result = Result("a", Outcome.FAILED, reason=said).without_addresses()
    assert result.reason == "Sorry, [...] (see [...] no."
    assert Result("a", Outcome.FAILED).without_addresses() == Result("a", Outcome.FAILED)


def test_a_session_shows_neither_its_verifier_nor_its_address() -> None:
    shown = repr(Session("a", "the-verifier", "https://example.com/oauth/callback", False, "app"))
    assert "the-verifier" not in shown
    assert "example.com" not in shown
