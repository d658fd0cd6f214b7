"""What ``make reliability`` takes for a failure: a wrong answer, a class that nobody documents, growth, no recovery."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from benchmarks.reliability import page
from benchmarks.reliability.calls import DOCUMENTED, OF_LAMBDA, Said, Tally
from benchmarks.reliability.faults import FAULTS, Fault
from benchmarks.reliability.resources import MOST_GROWTH, MOST_SOCKETS, Held
from benchmarks.reliability.run import Outcome
from benchmarks.reliability.verdict import failures
from generate.catalog import ROOT
from tests.unit.test_readme import ERRORS

HELD = Held({1: 60_000_000}, 5, 300_000_000, 100, 90)
KILLING = next(fault for fault in FAULTS if fault.kills)


def outcome(*said: Said, fault: Fault = FAULTS[1], recovered: float | None = 1.0, held: Held = HELD) -> Outcome:
    tally = Tally(seconds=[0.1, 0.2, *(0.1 for _ in said)])
    for each in said:
        tally.note("RetrieveEvent", each, lambda document: None if document["right"] else "another object")
    return Outcome(fault, tally, recovered, 1.0, facts=0, again=0, made=[], unknown=0, held=held)


GOOD = {
    "a right answer": outcome(Said({"right": True})),
    "a class that may pass": outcome(Said({}, "RateLimitedError", 429), Said({}, "OutcomeUnknownError")),
    "a function that was killed": outcome(Said({}, OF_LAMBDA[0]), fault=KILLING),
}
BAD: dict[str, tuple[Outcome, str]] = {
    "a wrong answer": (outcome(Said({"right": False})), "another object"),
    "no document": (outcome(Said([])), "no such document"),
    "an unknown class": (outcome(Said({}, "KeyError")), "undocumented: {'KeyError': 1}"),
    "a bug": (outcome(Said({}, "CalendlyError", 500)), "undocumented"),
    "a class with another status": (outcome(Said({}, "RateLimitedError", 500)), "undocumented"),
    "a class that says the caller is at fault": (outcome(Said({}, "NotFoundError", 404)), "NotFoundError"),
    "a function that nobody killed": (outcome(Said({}, OF_LAMBDA[0])), "functions died"),
    "no recovery": (outcome(recovered=None), "not right within"),
    "an error without a fault": (outcome(Said({}, "RateLimitedError"), fault=FAULTS[0]), "although nothing"),
    "growth": (outcome(held=replace(HELD, functions={1: 61_000_000 + MOST_GROWTH})), "grew by"),
    "sockets": (outcome(held=replace(HELD, most_sockets=MOST_SOCKETS + 1)), "sockets"),
}


@pytest.mark.parametrize("case", GOOD)
def test_what_may_happen_is_no_failure(case: str) -> None:
    assert failures(HELD, [GOOD[case]], GOOD[case].held) == []


@pytest.mark.parametrize("case", BAD)
def test_what_must_not_happen_is_a_failure(case: str) -> None:
    bad, words = BAD[case]
    assert words in "\n".join(failures(HELD, [bad], bad.held))


def test_the_documented_classes_are_those_of_the_bundle() -> None:
    assert set(DOCUMENTED) == set(ERRORS) - {"CalendlyError"}


def test_the_page_that_is_committed_is_one_of_this_builder() -> None:
    text = (ROOT / "docs" / "reliability.md").read_text()
    for fault in FAULTS:
        assert f"| {fault.name} | {fault.does} | {fault.sees} |" in text
    assert "**Wrong answers: 0. Undocumented errors: 0.**" in text


def test_the_page_has_each_fault_and_claims_nothing_that_did_not_happen() -> None:
    shown: dict[str, Any] = {"seconds": 20, "whole": 300, "events": 240}
    outcomes = [outcome(fault=fault) for fault in FAULTS]
    text = page.write(outcomes, HELD, HELD, **shown)
    for fault in FAULTS:
        assert text.count(f"| {fault.name} |") >= 4
    assert "answered right again by itself" in text
    outcomes[-1].recovered = None
    assert "answered right again by itself" not in page.write(outcomes, HELD, HELD, **shown)
