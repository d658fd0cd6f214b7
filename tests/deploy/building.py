"""Steps: what ``sam build`` makes, for the Lambda runtime and for this machine."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.deploy.check import Check, expect
from tests.deploy.copies import copy_for_emulator
from tests.deploy.emulator import WORK
from tests.deploy.stack import build

AARCH64 = 183
"""Of the field ``e_machine`` in an ELF file's header."""


def build_for_lambda(_check: Check) -> str:
    """The default build: what an operator uploads."""
    layer = build(WORK / "lambda", host=False).parent / "CalendlyLayer" / "python"
    files = [path for path in layer.rglob("*") if path.is_file()]
    names = {path.name for path in layer.iterdir()}
    expect({"calendly", "accounts", "actions", "requests", "pydantic"} <= names, f"the layer has only {sorted(names)}")
    expect(not {"boto3", "botocore", "s3transfer"} & names, "the layer has boto3, which the runtime has")
    expect(not [path for path in files if "tests" in path.relative_to(layer).parts], "the layer has tests")
    libraries = [path for path in files if ".so" in path.suffixes]
    wrong = [path.name for path in libraries if _machine(path) != AARCH64 or "aarch64" not in path.name]
    expect(libraries and not wrong, f"not built for aarch64: {wrong or 'there are no libraries'}")
    size = sum(path.stat().st_size for path in files) / 1e6
    return f"{len(libraries)} libraries for aarch64, no boto3, no tests, {_bytecode(files)}, {size:.0f} MB"


def _machine(path: Path) -> int:
    header = path.read_bytes()[:20]
    return int.from_bytes(header[18:20], "little") if header[:4] == b"\x7fELF" else 0


def _bytecode(files: list[Path]) -> str:
    """Every module has bytecode of Python 3.13, if one is there to compile it."""
    try:
        there = subprocess.run(["python3.13", "-c", ""], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        there = False
    modules = [path for path in files if path.suffix == ".py"]
    missing = [
        path.name for path in modules if not (path.parent / "__pycache__" / f"{path.stem}.cpython-313.pyc").exists()
    ]
    if there:
        expect(not missing, f"without bytecode: {missing[:5]}")
        return f"bytecode of {len(modules)} modules"
    return "no bytecode, because there is no python3.13"


def build_for_here(check: Check) -> str:
    """The layer for this machine's interpreter, in which the emulator runs functions."""
    built = build(WORK / "here", host=True)
    check.copy = built.with_name("emulator.yaml")
    return "\n".join(["the deployed copy differs:", *copy_for_emulator(built, check.copy)])
