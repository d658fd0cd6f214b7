"""What a cold start pays for: each function imports what it uses, and the layer holds nothing else."""

from __future__ import annotations

import ast
import compileall
import json
import re
import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

from benchmarks.size import weigh
from tests.unit.test_architecture import ACTIONS, LAYER, ROOT

HEAVY = {
    "boto3",
    "botocore.client",
    "botocore.auth",
    "aws_xray_sdk",
    "difflib",
    "asyncio",
    "concurrent.futures",
    "multiprocessing",
    "aws_lambda_powertools.utilities.idempotency",
    "aws_lambda_powertools.event_handler",
    "accounts.connect",
    "accounts.directory",
    "accounts.refresh",
    "actions.repeats",
    "calendly.oauth",
}
"""What no action may import before it is called for: neither itself nor to build the model of its input."""

SHARED = {
    "calendly.availability",
    "calendly.event_types",
    "calendly.groups",
    "calendly.invitees",
    "calendly.scheduled_events",
    "calendly.scheduling_links",
    "calendly.users",
    "calendly.webhook_subscriptions",
}
"""Modules of the client that several families use."""

UNZIPPED_BUDGET = 25_000_000
ZIPPED_BUDGET = 8_000_000


READY = """
import importlib, json, os, sys

def ready(names):
    for name in names:
        model = getattr(importlib.import_module(name).handler, "model", None)
        if hasattr(model, "model_rebuild"):
            model.model_rebuild()
    return list(sys.modules)

# What every action imports, once; a child for each action goes on from there.
import actions.runtime
for group in json.loads(sys.argv[1]):
    read, write = os.pipe()
    if os.fork() == 0:
        sys.path[:0] = group["folders"]
        with open(write, "w") as told:
            json.dump(ready(group["names"]), told)
        os._exit(0)
    os.close(write)
    with open(read) as told:
        print(told.read(), flush=True)
    os.wait()
"""


def imported(*groups: list[Path]) -> list[set[str]]:
    """The modules that are there once the functions of a group are ready for their first call, in a process each."""
    told = [
        {"folders": sorted({str(path.parent) for path in group}), "names": [path.stem for path in group]}
        for group in groups
    ]
    done = subprocess.run(
        [sys.executable, "-c", READY, json.dumps(told)],
        env={"PYTHONPATH": str(LAYER), "STACK_NAME": "test", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return [set(json.loads(line)) for line in done.stdout.splitlines()]


def test_an_action_imports_nothing_heavy_and_no_other_resource() -> None:
    operations = {
        f"calendly.{each.stem}" for each in (LAYER / "calendly").glob("*.py") if " = Operation(" in each.read_text()
    }
    wrong = {}
    for path, modules in zip(ACTIONS, imported(*([path] for path in ACTIONS)), strict=True):
        own = {node for node in from_imports(path) if node.startswith("calendly.")} | SHARED
        wrong[path.stem] = modules & HEAVY | (modules & operations) - own
    assert {name: modules for name, modules in wrong.items() if modules} == {}


def from_imports(path: Path) -> set[str]:
    """The modules that a file imports from."""
    tree = ast.parse(path.read_text())
    return {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}


def packages() -> dict[str, set[str]]:
    """The layer's distributions, and the top-level modules of each."""
    lines = (LAYER / "requirements.txt").read_text().splitlines()
    names = [match[1] for line in lines if (match := re.match(r"([\w.-]+)==", line))]
    found = {}
    for name in names:
        files = distribution(name).files or []
        tops = {file.parts[0].removesuffix(".py") for file in files if file.suffix == ".py"}
        found[name] = {top for top in tops if not top.endswith(".dist-info")}
    return found


def test_the_layer_holds_no_package_that_no_function_imports() -> None:
    functions = sorted((ROOT / "functions").glob("*/[!_]*.py"))
    modules = {module.split(".")[0] for module in imported(functions)[0]}
    assert {name: tops for name, tops in packages().items() if not tops & modules} == {}


def test_the_layer_stays_within_its_budget(tmp_path: Path) -> None:
    """What is installed here, with bytecode: other wheels than the layer's, of about the same size."""
    for name in packages():
        for file in distribution(name).files or ():
            source = Path(str(file.locate()))
            if ".." not in file.parts and "__pycache__" not in file.parts and source.is_file():
                (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, tmp_path / file)
    for package in ("calendly", "accounts", "actions"):
        shutil.copytree(LAYER / package, tmp_path / package)
    assert compileall.compile_dir(tmp_path, quiet=1)
    size = weigh(tmp_path)
    assert size.bytecode
    assert {"ours", *(name.replace("-", "_") for name in packages())} <= size.packages.keys()
    assert size.unzipped < UNZIPPED_BUDGET
    assert size.zipped < ZIPPED_BUDGET
