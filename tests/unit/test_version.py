"""The version, which the project's file and the client's User-Agent both say."""

from __future__ import annotations

import tomllib
from pathlib import Path

from calendly.http import USER_AGENT
from calendly.version import VERSION


def test_the_project_and_the_client_are_of_one_version() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION
    assert f"{project['name']}/{VERSION}" == USER_AGENT
