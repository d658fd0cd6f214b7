"""Odd input over both doors, with the sandbox behind the actions: a clear error, or an answer; never a bug's error."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.cursors import digest_of
from actions.inputs import PagedInput, parse
from calendly.errors import CalendlyError, InvalidRequestError
from generate.catalog import Action, actions
from local.examples import Example, examples
from tests.handlers import Handlers, handler_of, handlers
from tests.unit.test_bad_input import as_http
from tests.unit.test_doors import Context

ACTIONS = {action.name: action for action in actions()}
READS = [
    example
    for example in examples()
    # The activity log grows while it is read, so that the same input is not the same call.
    if not ACTIONS[example.action].writes and example.action != "retrieve_activity_log_entries"
]


@pytest.fixture(scope="module")
def calls() -> Iterator[Handlers]:
    with handlers(aws=False, events=12, users=3, event_types=3) as made:
        yield made


def cursor_of(value: Any) -> str:
    return "cursor." + base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


TIMES = st.sampled_from(
    [
        "9999-12-31T23:59:59.999999-23:59",
        "0001-01-01T00:00:00+23:59",
        "2026-02-30T00:00:00Z",
        "2999-12-31T23:59:59Z",
        "1970-01-01T00:00:00Z",
        "2030-01-07T00:00:00",
        "2030-01-08T00:00:00+00:00:30",
        "20300108T000000Z",
        "2030-W02-2T00:00:00Z",
        "99999-01-01T00:00:00Z",
    ]
)
NUMBERS = st.one_of(
    st.integers(-(10**400), 10**400),
    st.sampled_from([10**30, -1, 0, 2**63, 1e308, float("inf"), float("nan"), 1.5, True]),
)
TEXTS = st.one_of(
    st.text(st.characters(), max_size=40),
    st.sampled_from(["\ud83d", "a\udc00b", "\x00", "\u202e", "me", "ME", " me", "", " ", "null", "cursor.", "🜁" * 60]),
)
REFERENCES = st.one_of(
    st.sampled_from(
        [
            "https://api.calendly.com/users/../users/AAAAAAAAAAAAAAAA",
            "https://api.calendly.com/users/AAAAAAAAAAAAAAAA?x=1",
            "https://api.calendly.com//users/AAAAAAAAAAAAAAAA",
            "https://api.calendly.com/users/" + "A" * 65,
            "https://api.calendly.com/users/\u0660\u0661\u0662",
            "https://api.calendly.com.evil.example/users/AAAAAAAAAAAAAAAA",
            "AAAAAAAAAAAAAAAA",
            "a" * 64,
            "00000000-0000-0000-0000-000000000000\n",
            "\u0661" * 16,
        ]
    ),
    TEXTS,
)
MARKS = st.one_of(
    st.none(),
    st.lists(st.one_of(TEXTS, TIMES, NUMBERS, st.none(), st.lists(TEXTS, max_size=2)), min_size=2, max_size=4),
    st.tuples(TIMES, TIMES, st.one_of(st.none(), st.lists(st.text(max_size=3), max_size=3))),
)
CURSORS = st.one_of(
    TEXTS,
    st.builds(
        lambda *parts: cursor_of(list(parts)),
        st.one_of(st.none(), TIMES, TEXTS),
        st.one_of(NUMBERS, st.just(0)),
        st.one_of(NUMBERS, st.just(100)),
        st.one_of(TEXTS, st.just("digest")),
        MARKS,
    ),
    st.sampled_from(["cursor." + "A" * 5000, cursor_of([]), cursor_of("[" * 900), "cursor.\ud83d", "cursor.w6k"]),
)
ANYTHING = st.one_of(
    TEXTS, NUMBERS, TIMES, REFERENCES, st.lists(TEXTS, max_size=2), st.dictionaries(TEXTS, TEXTS, max_size=2)
)


def odd(action: Action, name: str) -> st.SearchStrategy[Any]:
    if name == "page_token":
        return CURSORS
    if name in action.references:
        return st.one_of(REFERENCES, ANYTHING)
    return ANYTHING


@pytest.mark.parametrize("example", READS, ids=lambda example: example.action)
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_both_doors(calls: Handlers, example: Example, data: st.DataObject) -> None:
    action = ACTIONS[example.action]
    name = data.draw(st.sampled_from(sorted(set(action.model.model_fields) - {"correlation_id"})))
    value = data.draw(odd(action, name))
    if name == "page_token":
        value = forged(action, example.direct, value)
    wanted = {**example.direct, name: value}
    refusal = refused(calls, example.action, wanted)
    assert type(refusal) is not CalendlyError, (wanted, refusal)
    if isinstance(refusal, InvalidRequestError):
        assert refusal.fields, (wanted, refusal)
    answer = handler_of(example.action)(as_http(example, _plain(wanted)), Context())
    assert answer["statusCode"] != 500, (wanted, answer)


def refused(calls: Handlers, action: str, wanted: dict[str, Any]) -> CalendlyError | None:
    try:
        json.dumps(calls.call(action, **wanted))
    except CalendlyError as error:
        return error
    return None


def forged(action: Action, good: dict[str, Any], text: Any) -> Any:
    """With the digest of the filters that it would have to belong to, so that what is behind it is tried as well."""
    if not (isinstance(text, str) and text.startswith("cursor.") and action.paged):
        return text
    wanted = parse(action.model, {name: value for name, value in good.items() if name != "page_token"})
    assert isinstance(wanted, PagedInput)
    try:
        parts = json.loads(base64.urlsafe_b64decode(text.removeprefix("cursor.") + "=="))
        parts[3] = digest_of(wanted.filters())
    except (ValueError, IndexError, TypeError, KeyError):
        return text
    return cursor_of(parts)


def _plain(wanted: dict[str, Any]) -> dict[str, Any]:
    """As JSON can say it: with NaN and infinity, which Python writes and JSON does not know."""
    return json.loads(json.dumps(wanted))  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "token",
    ["9999-12-31T23:00:00Z", "2030-01-08T00:00:00", "9999-12-31T23:59:59-23:59", "x", "0001-01-01T00:00:00+23:59", "1"],
)
def test_a_forged_seam_is_refused(calls: Handlers, token: str) -> None:
    """A cursor of busy times that has the right digest, and a place that no range has."""
    user = calls.account.owner
    range_ = {"start_time": "2030-01-07T00:00:00.000000Z", "end_time": "2030-01-27T00:00:00.000000Z"}
    digest = digest_of({"account": "default", "user": user, "end_time": range_["end_time"]})
    before = calls.sent("GET /user_busy_times")
    with pytest.raises(InvalidRequestError, match="page_token: "):
        calls.call("retrieve_user_busy_times", **range_, page_token=cursor_of([token, 0, 100, digest, None]))
    assert calls.sent("GET /user_busy_times") == before


@pytest.mark.parametrize("origin", ["x", "", "9999-99-99", "2030-01-01T00:00:00", "None", "\ud83d"])
def test_a_forged_place_is_refused(calls: Handlers, origin: str) -> None:
    digest = digest_of({"account": "default"})
    before = calls.sent("GET /scheduled_events")
    with pytest.raises(InvalidRequestError, match="page_token: is damaged"):
        calls.call("retrieve_events", page_token=cursor_of([None, 0, 100, digest, [origin, origin, []]]))
    assert calls.sent("GET /scheduled_events") == before
