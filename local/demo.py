"""``make demo``: connect an account with OAuth, run every action over both doors, webhooks, workflows and an agent."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import requests

from local import agent, operator, workflows
from local.examples import Example, examples
from local.stack import LocalStack

NEXT = """
Next: type `make local`, which keeps all of this up, with a page to look around and to try each action. Then, in another
terminal:  .venv/bin/python -m calendly_actions --local call retrieve_events --status active"""


class DemoFailedError(Exception):
    """A step did not give the expected answer."""


@dataclass(frozen=True)
class Row:
    """The results of one action."""

    family: str
    action: str
    http: str
    http_ms: float
    direct: str
    direct_ms: float
    ok: bool

    def cells(self) -> tuple[str, ...]:
        ok = "ok" if self.ok else "FAILED"
        return self.action, self.http, f"{self.http_ms:.0f}", self.direct, f"{self.direct_ms:.0f}", ok


def run(stack: LocalStack) -> bool:
    """Run the demonstration; returns whether every step gave the expected answer."""
    print(f"\nAPI {stack.api_url}  Lambda {stack.lambda_url}  AWS {stack.aws_url}  Calendly {stack.calendly_url}\n")
    try:
        _connect(stack)
    except (DemoFailedError, operator.ConnectFailedError) as error:
        print(f"  failed: {error}\n\nThe functions' logs are in {stack.logs}.")
        return False
    print("\nEvery action over HTTP and as a direct invoke, with the milliseconds of a warm call:\n")
    rows = [_row(stack, example) for example in examples()]
    _print_table(by_family(rows), ("action", "HTTP", "ms", "direct", "ms", ""), numbers=(2, 4))
    failed = [row.action for row in rows if not row.ok]
    print(f"\n{len(rows) - len(failed)} of {len(rows)} actions gave the expected answer over both doors.")
    try:
        print("\nWebhooks and workflows:\n")
        _print_table(_workflows(stack), ("workflow", "ended", "states", "result"), numbers=(2,))
    except (DemoFailedError, TimeoutError) as error:
        failed.append(f"the workflows ({error})")
    try:
        print("\nAn agent with the tools of the set booking, at both versions of the Model Context Protocol:\n")
        _print_table(_agent(stack), ("tool", *agent.MODES), numbers=())
    except agent.ToolFailedError as error:
        failed.append(f"the agent ({error})")
    if failed:
        print(f"\nFailed: {', '.join(failed)}. The functions' logs are in {stack.logs}.")
    else:
        print(NEXT)
    return not failed


def by_family(rows: list[Row]) -> list[tuple[str, ...]]:
    """The rows' cells under a line for each family, whose actions are indented."""
    cells: list[tuple[str, ...]] = []
    for family, members in groupby(sorted(rows, key=lambda row: (row.family, row.action)), lambda row: row.family):
        cells.append((family.replace("_", " "), "", "", "", "", ""))
        cells += [(f"  {row.cells()[0]}", *row.cells()[1:]) for row in members]
    return cells


def _connect(stack: LocalStack) -> None:
    _step("connect", "authorize URL with PKCE and a one-time state")
    url = operator.authorize_url(stack)
    _expect("code_challenge_method=S256" in url and "state=" in url, "the authorize URL lacks PKCE or state")

    _step("consent", "the person allows access; Calendly redirects to the callback page")
    page = operator.consent(url)
    _expect(page.status_code == 200 and "Connected" in page.text, f"the callback page answered {page.status_code}")
    replayed = requests.get(page.url, timeout=30)
    _expect(replayed.status_code == 400, "a used state was accepted again")
    forged = requests.get(f"{stack.api_url}/oauth/callback?code=x&state=forged", timeout=30)
    _expect(forged.status_code == 400, "a forged state was accepted")

    _step("secret", "the tokens are stored in Secrets Manager as local/accounts/default")
    first = _secret(stack)
    _expect(bool(first["refresh_token"]) and first["generation"] == 1, "the secret holds no fresh tokens")

    _step("rotate_tokens", "the single-use refresh token is exchanged for a new one")
    answer = stack.invoke("RotateTokens", {"account": "default", "refused_generation": first["generation"]})
    _expect(answer["Payload"]["accounts"][0]["outcome"] == "refreshed", f"rotate_tokens answered {answer['Payload']}")
    second = _secret(stack)
    _expect(second["refresh_token"] != first["refresh_token"] and second["generation"] == 2, "the secret is unchanged")
    state = requests.get(f"{stack.calendly_url}/_sandbox/state", timeout=30).json()
    _expect(
        state["token_exchanges"] == 2 and state["refresh_tokens_reused"] == 0,
        "Calendly saw exchanges other than the two expected ones",
    )


def _row(stack: LocalStack, example: Example) -> Row:
    example.refresh(stack)
    example.call_direct(stack)  # the first call starts the function's process
    example.refresh(stack)
    http, http_ms = _timed(lambda: example.call_http(stack))
    example.refresh(stack)
    direct, direct_ms = _timed(lambda: example.call_direct(stack))
    answers = (http.json() if http.ok else None, None if "FunctionError" in direct else direct["Payload"])
    http_said = f"{http.status_code} {_summary(answers[0])}" if http.ok else f"{http.status_code} {http.text[:60]}"
    direct_said = direct["Payload"]["errorType"] if "FunctionError" in direct else _summary(answers[1])
    ok = all(answer is not None for answer in answers) and _same(example, *answers)
    return Row(example.family, example.action, http_said, http_ms, direct_said, direct_ms, ok)


def _same(example: Example, http: Any, direct: Any) -> bool:
    """Both doors return the same. Writes, and pages with a cursor, may differ in values but not in members."""
    if not example.writes and not (http.get("pagination") or {}).get("next_page_token"):
        return bool(http == direct)
    return bool(http.keys() == direct.keys())


def _summary(answer: Any) -> str:
    if "collection" in answer:
        more = " and more" if (answer.get("pagination") or {}).get("next_page_token") else ""
        return f"{len(answer['collection'])} rows{more}"
    about = answer.get("resource", answer)
    telling = ("name", "label", "email", "booking_url", "callback_url", "role", "status", "event", "deleted")
    said = next((f"{about[name]}" for name in telling if isinstance(about.get(name), (str, bool))), "answered")
    return said.removeprefix("https://")[:40] if said != "True" else "deleted"


def _timed(call: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    answer = call()
    return answer, (time.perf_counter() - started) * 1000


def _secret(stack: LocalStack) -> dict[str, Any]:
    answer = stack.aws.client("secretsmanager").get_secret_value(SecretId="local/accounts/default")
    found: dict[str, Any] = json.loads(answer["SecretString"])
    return found


def _workflows(stack: LocalStack) -> list[tuple[str, ...]]:
    """Run each workflow. The webhooks of a booking and of its reschedule start on_booking."""
    events = {"events": ["invitee.created", "invitee.canceled"]}
    subscribed = requests.post(f"{stack.api_url}/accounts/default/webhook_subscriptions", json=events, timeout=30)
    _expect(subscribed.status_code == 201, f"subscribing answered {subscribed.status_code}")
    first = _sandbox(stack, "bookings", name="Eve Adams")["invitees"][0]
    booked = _started(stack, 1)
    _sandbox(stack, "reschedule", invitee=first, start_time="2030-01-07T09:00:00Z")
    moved = [each for each in _started(stack, 2) if each.output != booked[0].output]
    link = workflows.run(stack.aws, "send-booking-link", {"event_type_name": "30 minute meeting"})
    span = {"start_time": "2020-01-01T00:00:00Z", "end_time": "2032-01-01T00:00:00Z", "window_days": 2000}
    export = workflows.run(stack.aws, "export-events", span, seconds=120)
    return [
        _ended("on-booking", booked[0], "{kind} booking of {invitee[name]}, {event[name]}"),
        _ended("on-booking", moved[0], "{kind} from {previous[start_time]:.16} to {event[start_time]:.16}"),
        _ended("send-booking-link", link, "{booking_url}"),
        _ended(
            "export-events", export, "{events} events with {invitees} invitees in {parts} parts, s3://{bucket}/{prefix}"
        ),
    ]


def _agent(stack: LocalStack) -> list[tuple[str, ...]]:
    """The same session at each version of the protocol, side by side."""
    url = f"{stack.api_url}/accounts/default/mcp/booking"
    sessions = [agent.session(url, mode) for mode in agent.MODES.values()]
    return [(steps[0][0], *(said for _, said in steps)) for steps in zip(*sessions, strict=True)]


def _ended(workflow: str, execution: workflows.Execution, says: str) -> tuple[str, ...]:
    _expect(execution.status == "SUCCEEDED", f"{workflow} ended with {execution.error}: {execution.cause}")
    return workflow, "succeeded", str(len(execution.states())), says.format(**execution.output)


def _started(stack: LocalStack, count: int) -> list[workflows.Execution]:
    """The executions that the bus has started, once there are ``count`` of them."""
    end = time.monotonic() + 30
    while len(found := workflows.executions(stack.aws, "on-booking")) < count:
        _expect(time.monotonic() < end, "a booking's webhook started no workflow")
        time.sleep(0.1)
    return [workflows.finish(stack.aws, execution) for execution in found]


def _sandbox(stack: LocalStack, call: str, **document: Any) -> Any:
    answer = requests.post(f"{stack.calendly_url}/_sandbox/{call}", json=document, timeout=30)
    _expect(answer.ok, f"the sandbox answered {answer.status_code} to {call}")
    return answer.json()


def _print_table(cells: list[tuple[str, ...]], heads: tuple[str, ...], numbers: tuple[int, ...]) -> None:
    widths = [max(len(line[column]) for line in (heads, *cells)) for column in range(len(heads))]
    for line in (heads, tuple("-" * width for width in widths), *cells):
        padded = (
            cell.rjust(widths[column]) if column in numbers else cell.ljust(widths[column])
            for column, cell in enumerate(line)
        )
        print("  " + "  ".join(padded).rstrip())


def _step(name: str, text: str) -> None:
    print(f"  {name:<14}{text}", flush=True)


def _expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise DemoFailedError(otherwise)
