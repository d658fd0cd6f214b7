"""Requests that schemathesis generates from the contract: the sandbox answers as the contract says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.conftest import Sandbox, running
from tests.contract.checking import document
from tests.sizes import FULL, size

pytest_plugins = ["schemathesis.pytest.plugin"]

CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]

REFUSALS = {400, 401, 403, 404, 429}
"""Every operation may refuse so, whether the contract says it of that one or not."""

schema = schemathesis.openapi.from_dict(document())
# A case for every constraint, which takes ten seconds to think of.
schema.config.phases.coverage.enabled = FULL


def bounded(examples: int) -> settings:
    """So many examples of each operation, the same in every run."""
    return settings(
        max_examples=examples,
        phases=[Phase.explicit, Phase.generate],
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(scope="module")
def generated() -> Iterator[Sandbox]:
    """A sandbox that all operations are tried on."""
    with running() as sandbox:
        sandbox.control("limits", per_minute=1_000_000)
        sandbox.checked.paused = True
        yield sandbox


def seeded(sandbox: Sandbox, path: str) -> list[str]:
    """The UUIDs of what the data set has under a path such as /groups/{uuid}."""
    kind = path.split("/")[1]
    return [uri.rsplit("/", 1)[1] for uri in sandbox.world.data.uris().get(kind, ())]


@schema.parametrize()
@bounded(size(3, 100))
def test_an_operation(case: Case, generated: Sandbox) -> None:
    known = seeded(generated, case.path)
    if known and case.path_parameters:
        first = next(iter(case.path_parameters))
        case.path_parameters[first] = known[len(str(case.query)) % len(known)]
    answer: Any = case.call(base_url=generated.url, headers={"Authorization": f"Bearer {generated.token()}"})
    case.validate_response(answer, checks=[not_a_server_error])
    if answer.status_code not in REFUSALS:
        case.validate_response(answer, checks=CHECKS)
