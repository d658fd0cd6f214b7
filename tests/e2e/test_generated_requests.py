"""Requests that schemathesis generates from openapi.yaml: the API answers as that document says."""

from __future__ import annotations

from typing import Any

import schemathesis
from schemathesis import Case
from schemathesis.checks import not_a_server_error

from generate.catalog import ROOT
from tests.contract.test_sandbox_generated import CHECKS, bounded
from tests.e2e.conftest import Running
from tests.sizes import FULL, size

pytest_plugins = ["schemathesis.pytest.plugin"]
schema = schemathesis.openapi.from_path(ROOT / "openapi.yaml")
schema.config.phases.coverage.enabled = FULL


@schema.parametrize()
@bounded(size(2, 50))
def test_an_action(case: Case, connected: Running) -> None:
    case.path_parameters["account"] = "default"
    answer: Any = case.call(base_url=connected.stack.api_url)
    case.validate_response(answer, checks=[not_a_server_error, *CHECKS])
