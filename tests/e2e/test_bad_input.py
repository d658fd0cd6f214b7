"""Bad input, for every action on both doors: a clear error that names the field, and nothing sent to Calendly."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.examples import examples
from tests.e2e.conftest import Running
from tests.integration.test_odd_input import CURSORS, NUMBERS, REFERENCES, TEXTS, TIMES

SECRETIVE = "do-not-log-this-" + "x" * 40


@pytest.mark.parametrize("payload", ["text", 5, None, ["account"], True])
def test_a_direct_input_that_is_no_object(running: Running, payload: Any) -> None:
    answer = running.stack.invoke("RetrieveUser", payload)["Payload"]
    assert answer["errorType"] == "InvalidRequestError"


def test_the_nearest_known_name_is_told(running: Running) -> None:
    answer = running.direct("RetrieveEvents", min_starttime="2030-01-01T00:00:00Z")
    assert "did you mean min_start_time?" in answer["errorMessage"]
    answer = running.http("GET", "/accounts/default/scheduled_events?pagetoken=x")
    assert answer.json()["errors"] == [{"field": "pagetoken", "message": "is not known; did you mean page_token?"}]


def test_a_name_given_twice_with_different_values_is_an_error(running: Running) -> None:
    answer = running.http("GET", "/accounts/default/scheduled_events?count=1&count=2")
    assert answer.status_code == 400
    assert "given twice" in answer.json()["detail"]
    body = '{"event_type": "AAAAAAAAAAAAAAAA", "event_type": "BBBBBBBBBBBBBBBB"}'
    assert running.http("POST", "/accounts/default/scheduling_links", data=body).status_code == 400
    answer = running.http("GET", "/accounts/default/scheduled_events?count=1&count=1")
    assert answer.status_code == 200


def test_what_callers_send_wrongly_is_not_logged(running: Running) -> None:
    running.direct("RetrieveEvent", event=SECRETIVE)
    running.direct("RetrieveEvent", token=SECRETIVE)
    running.http("POST", "/accounts/default/scheduling_links", data=SECRETIVE)
    running.http("POST", "/accounts/default/connect", json={"personal_access_token": SECRETIVE, "replace": "no way"})
    assert SECRETIVE not in running.log()


ODD = {
    "RetrieveEvents": {"page_token": CURSORS, "min_start_time": TIMES, "count": NUMBERS, "user": REFERENCES},
    "RetrieveUserBusyTimes": {"page_token": CURSORS, "end_time": TIMES, "user": REFERENCES},
    "RetrieveEvent": {"event": REFERENCES},
    "CreateSingleUseSchedulingLink": {"event_type": REFERENCES, "idempotency_key": TEXTS, "dry_run": st.just(True)},
}


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_odd_input_is_never_a_bug(connected: Running, data: st.DataObject) -> None:
    """A few of what ``tests/integration/test_odd_input.py`` tries, through every part of the stack."""
    function = data.draw(st.sampled_from(sorted(ODD)))
    example = next(each for each in examples() if each.function == function)
    name = data.draw(st.sampled_from(sorted(ODD[function])))
    answer = connected.direct(function, **{**example.direct, name: data.draw(ODD[function][name])})
    assert answer.get("errorType") not in ("CalendlyError", "Runtime.ExitError", "Sandbox.Timedout"), answer
