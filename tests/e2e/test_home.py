"""The local stack's own pages, what it keeps, and whom it refuses."""

from __future__ import annotations

import json
import re
import signal
import stat
import time
from pathlib import Path

import pytest
import requests

from generate.catalog import actions
from local.kept import Kept, StateError
from local.ports import Ports
from local.stack import run_folder
from local.web.guard import is_loopback
from tests.e2e.conftest import Running
from tests.e2e.test_local_stack import start, wait_until_up
from tests.sizes import FULL


def page(running: Running, path: str) -> requests.Response:
    return requests.get(f"{running.stack.api_url}{path}", timeout=60)


def test_the_home_page_tells_what_happened(running: Running) -> None:
    running.http("POST", "/accounts/default/webhook_subscriptions", json={"events": ["invitee.created"]})
    running.sandbox("bookings", name="Eve <b>Adams</b>")
    for _ in range(100):
        text = page(running, "/").text
        if "SUCCEEDED" in text and "invitee.created from calendly" in text:
            break
        time.sleep(0.1)
    assert "Ada Lovelace" in text
    assert "POST /accounts/default/webhook_subscriptions  201" in text
    assert "invitee.created from calendly" in text
    assert "<b>Adams" not in text
    history = re.search(r'href="(/_local/executions/local-on-booking/[^"]+)"', text)
    assert history
    assert "PassStateEntered" in page(running, history[1]).text
    assert page(running, "/_local/executions/local-on-booking/none").status_code == 404


def test_every_link_of_the_home_page_leads_somewhere(running: Running) -> None:
    for target in set(re.findall(r'href="([^"#]+)"', page(running, "/").text)):
        answer = requests.get(requests.compat.urljoin(f"{running.stack.api_url}/", target), timeout=60)
        assert answer.status_code == 200, target


def test_the_documents_are_tried_out_on_the_stack_beside_them(running: Running) -> None:
    document = page(running, "/docs/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert [server["url"] for server in document["servers"]] == ["/"]
    assert len([op for path in document["paths"].values() for op in path.values()]) == len(actions())
    text = page(running, "/docs").text
    for target in re.findall(r'(?:src|href)="(/[^"]+)"', text):
        assert page(running, target).status_code == 200, target
    assert "https://" not in text


@pytest.mark.parametrize("path", ["/", "/docs", "/accounts"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
    ],
)
def test_other_web_pages_are_refused(running: Running, headers: dict[str, str], path: str) -> None:
    answer = requests.get(f"{running.stack.api_url}{path}", headers=headers, timeout=60)
    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_every_part_refuses_other_web_pages(running: Running) -> None:
    stack = running.stack
    for url in (stack.lambda_url, stack.aws_url, stack.calendly_url):
        assert requests.post(url, headers={"Origin": "https://evil.example"}, timeout=60).status_code == 403


def test_the_stacks_own_pages_are_not_refused(running: Running) -> None:
    url = running.stack.api_url
    assert requests.get(f"{url}/accounts", headers={"Origin": url}, timeout=60).status_code == 200


@pytest.mark.parametrize("host", ["localhost:3000", "127.0.0.1", "[::1]:3000"])
def test_loopback_has_several_names(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "a@127.0.0.1", "127.0.0.2.nip.io", "[::1", "10.0.0.1"])
def test_other_hosts_are_not_loopback(host: str) -> None:
    assert not is_loopback(host)


def test_idle_processes_are_bounded(running: Running) -> None:
    reads = [action for action in actions() if action.declaration.method == "GET"]
    pool = running.stack.pool
    for action in reads[: pool.most_idle + 2]:
        running.direct(action.logical_id, **(action.declaration.example or {}))
    processes = [each for action in reads for each in pool.processes(action.logical_id)]
    assert len(processes) <= pool.most_idle
    assert pool.processes(reads[0].logical_id) == []


def test_state_is_kept_from_run_to_run(tmp_path: Path) -> None:
    ports, folder = Ports.free(), tmp_path / "state"
    for run in (1, 2):
        process = start(ports, state=str(folder))
        wait_until_up(ports)
        said = _lines_until(process, "/oauth/callback  200" if run == 1 else "GET /accounts  200")
        accounts = requests.get(f"{ports.url(ports.api)}/accounts", timeout=60).json()["accounts"]
        assert [each["account"] for each in accounts] == ["default"], said
        url = f"{ports.url(ports.api)}/accounts/default/users/me"
        assert requests.get(url, timeout=60).json()["resource"]["name"] == "Ada Lovelace"
        if run == 1 and FULL:  # half a minute of waiting
            _is_written_only_after_a_change(folder, ports)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=60)
        assert process.returncode == 0, output
    assert "/connect" not in said
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert (stat.S_IMODE(folder.stat().st_mode), modes) == (0o700, {0o600})


def _is_written_only_after_a_change(folder: Path, ports: Ports) -> None:
    def written() -> int:
        return (folder / "world.pickle").stat().st_mtime_ns

    def settles() -> bool:
        before = written()
        time.sleep(3)
        return written() == before

    assert any(settles() for _ in range(10)), "what writes the state is no reason to write it"
    before = written()
    requests.post(f"{ports.url(ports.calendly)}/_sandbox/expire_page_tokens", json={}, timeout=60).raise_for_status()
    until = time.monotonic() + 60
    while written() == before:
        assert time.monotonic() < until, "what changes in the sandbox is kept, too"
        time.sleep(0.2)


def _lines_until(process, text: str) -> str:  # type: ignore[no-untyped-def]
    said = ""
    while text not in said:
        line = process.stdout.readline()
        assert line, said
        said += line
    return said


def test_state_that_others_can_read_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    with pytest.raises(StateError, match="chmod"):
        Kept.open(folder, Ports.free())


def test_state_of_other_ports_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)
    ports = {"api": 5, "lambda_": 6, "aws": 7, "calendly": 8}
    (folder / "of.json").write_text(json.dumps({"version": 1, "ports": ports}))
    (folder / "of.json").chmod(0o600)
    with pytest.raises(StateError, match="API_PORT=5 LAMBDA_PORT=6 AWS_PORT=7 CALENDLY_PORT=8"):
        Kept.open(folder, Ports(1, 2, 3, 4))


@pytest.mark.parametrize("argument", ["serve", "--verbose", "demo --fast"])
def test_an_unknown_verb_or_option_is_an_error(argument: str) -> None:
    process = start(Ports.free(), *argument.split())
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 2
    assert output.startswith(f"Unknown: {argument}")
    assert "python -m local demo" in output


def test_each_run_has_its_own_folder_of_logs(tmp_path: Path) -> None:
    for number in range(25):
        (tmp_path / f"run-20260101-0000{number:02}-1").mkdir()
    new = run_folder(tmp_path)
    assert not new.exists()
    assert len(list(tmp_path.iterdir())) == 20
