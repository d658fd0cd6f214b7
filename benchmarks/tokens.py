"""How much of a model's context the tools for agents take, by a tokenizer from npm."""

from __future__ import annotations

import json
import subprocess
from typing import NamedTuple

from actions.tools import SETS
from benchmarks.stacks import ROOT
from generate.catalog import actions
from generate.tools import offered

FOLDER = ROOT / "benchmarks" / "tools"


class Tokens(NamedTuple):
    """What ``tools/list`` takes for a set."""

    chosen: str
    tools: int
    bytes: int
    tokens: int


def measure() -> list[Tokens]:
    """Count each set's tokens. Needs npm and a registry the first time."""
    lists = {chosen: offered(actions(), chosen) for chosen in SETS}
    texts = [json.dumps(tools, ensure_ascii=False, separators=(",", ":")) for tools in lists.values()]
    subprocess.run(["npm", "ci", "--silent", "--no-fund", "--no-audit"], cwd=FOLDER, check=True)
    done = subprocess.run(
        ["node", "count.js"], cwd=FOLDER, input=json.dumps(texts), capture_output=True, text=True, check=True
    )
    return [
        Tokens(chosen, len(tools), len(text.encode()), count)
        for (chosen, tools), text, count in zip(lists.items(), texts, json.loads(done.stdout), strict=True)
    ]
