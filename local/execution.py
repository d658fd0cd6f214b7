"""An execution environment of a function: a process forked from one that has imported the packages already.

Lambda starts a fresh interpreter. A fork starts sooner and shares its memory, so that all functions fit on a laptop.
What a fresh interpreter imports is measured by the benchmarks and held by tests/unit/test_imports.py.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

# awslambdaric is imported after the fork: it reads the address of the Runtime API when it is loaded. pydantic by itself
# imports nothing before it is used.
_PACKAGES = [
    *("aws_lambda_powertools.logging", "aws_lambda_powertools.metrics", "boto3", "requests_aws4auth", "simplejson"),
    *("pydantic.functional_validators", "pydantic.json_schema", "pydantic.main", "pydantic.types", "zoneinfo"),
]

_forks = get_context("forkserver")
_forks.set_forkserver_preload(_PACKAGES)


def start(handler: str, code: Path, layers: tuple[Path, ...], environment: Mapping[str, str], log: Path) -> BaseProcess:
    """Start a process in which ``awslambdaric`` runs a handler, with this environment and no other."""
    path = [str(folder) for folder in (code, *layers)]
    process = _forks.Process(target=_run, args=(handler, path, dict(environment), str(log)), daemon=True)
    process.start()
    return process


def _run(handler: str, path: list[str], environment: dict[str, str], log: str) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(path[0])
    # The function finds its own code, its layers and the packages, and nothing of the repository.
    sys.path[:] = [*path, *(folder for folder in sys.path if folder.startswith((sys.prefix, sys.base_prefix)))]
    sys.dont_write_bytecode = True  # function folders are deployed as they are
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(output, stream.fileno())

    from awslambdaric.__main__ import main

    main(["awslambdaric", handler])
