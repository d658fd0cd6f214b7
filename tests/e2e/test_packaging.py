"""What `sam deploy` uploads again after a change: the folder that was changed, and nothing else."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
import yaml

from sandbox.server import serve
from tests.unit.test_architecture import FUNCTIONS, ROOT, _Loader


@pytest.fixture
def endpoint() -> Iterator[str]:
    """An S3 of its own."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    server = serve(DomainDispatcherApplication(create_backend_app), 0)
    url = f"http://127.0.0.1:{server.server_port}"
    boto3.client("s3", "us-east-1", endpoint_url=url, aws_access_key_id="x", aws_secret_access_key="x").create_bucket(
        Bucket="deployments"
    )
    yield url
    server.shutdown()
    server.server_close()


def package(folder: Path, endpoint: str) -> dict[str, str]:
    """Package a template as `sam deploy` does; returns where each function's code is."""
    output = folder / "packaged.yaml"
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_DEFAULT_REGION": "us-east-1",
        "SAM_CLI_TELEMETRY": "0",
    }
    sam = Path(sys.executable).with_name("sam")
    command = [sam, "package", "--template", "template.yaml", "--s3-bucket", "deployments"]
    done = subprocess.run(
        [*command, "--output-template-file", output.name],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    template = yaml.load(output.read_text(), Loader=_Loader)  # noqa: S506
    return {name: template["Resources"][name]["Properties"]["CodeUri"] for name in FUNCTIONS}


def code_alone() -> dict[str, object]:
    """The template's functions with their code and nothing else, which `sam package` reads in a tenth of the time."""
    names = ("CodeUri", "Handler")
    resources = {
        name: {
            "Type": each["Type"],
            "Properties": {"Runtime": "python3.13", **{member: each["Properties"][member] for member in names}},
        }
        for name, each in FUNCTIONS.items()
    }
    return {"Transform": "AWS::Serverless-2016-10-31", "Resources": resources}


def test_a_change_in_one_actions_folder_uploads_that_folder_alone(endpoint: str, tmp_path: Path) -> None:
    for name in ("functions", "layers", "statemachines"):
        ignored = shutil.ignore_patterns("__pycache__", "node_modules")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    (tmp_path / "template.yaml").write_text(json.dumps(code_alone()))
    before = package(tmp_path, endpoint)
    action = tmp_path / "functions" / "groups" / "retrieve_group.py"
    action.write_text(action.read_text() + "\n# changed\n")
    after = package(tmp_path, endpoint)
    changed = {name for name in FUNCTIONS if before[name] != after[name]}
    assert changed == {name for name, each in FUNCTIONS.items() if each["Properties"]["CodeUri"] == "functions/groups/"}
    assert all(re.fullmatch(r"s3://deployments/\w+", uri) for uri in after.values())
