"""``make interop``: published clients of Calendly against the sandbox; writes the table in docs/sandbox.md.

Each client is installed as published, in an environment below .local/interop. Its request code is unmodified but for
the host. Needs uv, and npm for clients in JavaScript. An argument names the clients to run; without one, all of them
run. The exit code is 1 if an operation fails that would not fail with Calendly.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import requests

from sandbox.app import CalendlySandbox
from sandbox.server import serve

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".local" / "interop"
DRIVERS = Path(__file__).with_name("clients")
PAGE = ROOT / "docs" / "sandbox.md"
START, END = "<!-- interop: written by make interop -->", "<!-- interop ends -->"
RESULTS = HOME / "results.json"


@dataclass(frozen=True)
class Client:
    """A published client: its package, pinned, its driver's file, and what is installed with it.

    One that stands ``alone`` is unpacked without its dependencies; its driver stands in for the host program.
    """

    package: str
    version: str
    driver: str
    also: tuple[str, ...] = ()
    alone: bool = False

    @property
    def home(self) -> Path:
        """Its environment."""
        return HOME / self.driver.partition(".")[0].removeprefix("drive_")

    @property
    def node(self) -> bool:
        return self.driver.endswith(".mjs")


CLIENTS = (
    Client("pycalendly", "1.1.0", "drive_pycalendly.py"),
    Client("calendly-python", "0.1.2", "drive_calendly_python.py"),
    Client("arcade-calendly-api", "0.3.1", "drive_arcade_calendly_api.py"),
    Client("universal-mcp-calendly", "0.1.1", "drive_universal_mcp_calendly.py", ("universal-mcp==0.1.15",)),
    Client("calendly-mcp", "0.1.1", "drive_calendly_mcp.py"),
    Client("tap-calendly", "0.0.3", "drive_tap_calendly.py", ("setuptools<81",)),
    Client("@pipedream/calendly_v2", "1.4.1", "drive_pipedream.mjs", ("uuid@9",)),
    Client("n8n-nodes-base", "2.41.2", "drive_n8n.mjs", alone=True),
    Client("node-calendly", "1.0.5", "drive_node_calendly.mjs"),
)

Outcome = dict[str, str]
"""``operation``, ``why`` it failed, and the reason ``known`` for which it fails with Calendly, too."""


def install(client: Client) -> list[str]:
    """The command that runs a driver in the client's environment, which is made on first use."""
    home = client.home
    if client.node:
        if not (home / "node_modules").exists():
            home.mkdir(parents=True, exist_ok=True)
            package = f"{client.package}@{client.version}"
            if client.alone:
                command = ["npm", "pack", "--silent", package]
                archive = subprocess.run(command, cwd=home, check=True, capture_output=True, text=True).stdout.strip()
                target = home / "node_modules" / client.package
                target.mkdir(parents=True)
                subprocess.run(["tar", "xzf", archive, "--strip-components=1", "-C", str(target)], cwd=home, check=True)
            else:
                subprocess.run(["npm", "init", "--yes"], cwd=home, check=True, capture_output=True)
                options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
                subprocess.run(["npm", "install", *options, package, *client.also], cwd=home, check=True)
        return ["node"]
    python = home / "bin" / "python"
    if not python.exists():
        subprocess.run(["uv", "venv", "--quiet", "--python", sys.executable, str(home)], check=True)
        command = ["uv", "pip", "install", "--quiet", "--python", str(python)]
        subprocess.run([*command, f"{client.package}=={client.version}", *client.also], check=True)
    return [str(python)]


def run(client: Client, sandbox: str) -> list[Outcome]:
    """What came of every operation of a client, on a fresh data set."""
    command = install(client)
    requests.post(f"{sandbox}/_sandbox/reset", json={}, timeout=30)
    token = requests.post(f"{sandbox}/_sandbox/personal_access_tokens", json={}, timeout=30).json()["token"]
    home = client.home
    environment = {**os.environ, "SANDBOX": sandbox, "TOKEN": token, "CLIENT_HOME": str(home)}
    done = subprocess.run(
        [*command, str(DRIVERS / client.driver)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    lines = [line.removeprefix("INTEROP ") for line in done.stdout.splitlines() if line.startswith("INTEROP ")]
    outcomes: list[Outcome] = [json.loads(line) for line in lines]
    if done.returncode or not outcomes:
        outcomes.append({"operation": "driver", "why": " ".join(done.stderr.split())[-300:], "known": ""})
    return outcomes


def table(results: dict[str, list[Outcome]]) -> str:
    """The table, with a note of the clients that are not in it."""
    rows = ["| Client | Operations | Work | Why not |", "|---|---:|---:|---|"]
    for client in CLIENTS:
        outcomes = results.get(client.package)
        if outcomes:
            failed = [each for each in outcomes if each["why"]]
            reasons: dict[str, list[str]] = {}
            for each in failed:
                reasons.setdefault(each["known"] or each["why"], []).append(f"`{each['operation']}`")
            why = "; ".join(f"{', '.join(names)}: {reason}" for reason, names in reasons.items())
            name = f"{client.package} {client.version}"
            rows.append(f"| {name} | {len(outcomes)} | {len(outcomes) - len(failed)} | {why.replace('|', '/')} |")
    missing = [f"{client.package} {client.version}" for client in CLIENTS if client.package not in results]
    note = f"\n\nNot run yet: {', '.join(missing)}." if missing else ""
    return "\n".join(rows) + note


def main(wanted: list[str]) -> int:
    known = [client.package for client in CLIENTS]
    if unknown := [name for name in wanted if name not in known]:
        print(f"There is no client {', '.join(unknown)}. Known: {', '.join(known)}.", file=sys.stderr)
        return 2
    HOME.mkdir(parents=True, exist_ok=True)
    results: dict[str, list[Outcome]] = json.loads(RESULTS.read_text()) if wanted and RESULTS.exists() else {}
    server = serve(None, 0)
    origin = f"http://127.0.0.1:{server.server_port}"
    server.app = CalendlySandbox(origin)
    for client in CLIENTS:
        if (not wanted or client.package in wanted) and (DRIVERS / client.driver).exists():
            try:
                results[client.package] = run(client, origin)
            except (OSError, subprocess.SubprocessError) as error:
                print(f"{client.package}: cannot be run: {error}", file=sys.stderr)
                continue
            failed = [each for each in results[client.package] if each["why"]]
            print(f"{client.package}: {len(results[client.package]) - len(failed)} of {len(results[client.package])}")
            for each in failed:
                print(f"  {each['operation']}: {each['known'] or each['why']}")
    server.shutdown()
    RESULTS.write_text(json.dumps(results, indent=1))
    page = PAGE.read_text()
    PAGE.write_text(re.sub(f"(?s){START}.*?{END}", lambda _: f"{START}\n\n{table(results)}\n\n{END}", page))
    return int(any(each["why"] and not each["known"] for outcomes in results.values() for each in outcomes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
