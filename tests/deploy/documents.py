"""What the documents promise: the IAM policies in them, and what stays after an uninstall."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.deploy.emulator import ACCOUNT, REGION, ROOT

DOCS = ROOT / "docs"


def policies(api_id: str) -> dict[str, dict[str, Any]]:
    """Every IAM policy in the documents, for this API, by the document and the heading it stands under."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted([*DOCS.glob("*.md"), ROOT / "README.md"]):
        heading = path.name
        for title, block in re.findall(r"(?ms)^#+ (.+?)$|^```json\n(.*?)^```", path.read_text()):
            heading = f"{path.name}: {title}" if title else heading
            if '"Effect"' in block:
                name = f"{heading}, again" if heading in found else heading
                found[name] = _as_policy(json.loads(_here(block, api_id)))
    return found


def _here(text: str, api_id: str) -> str:
    """The text with this account, region and API in place of the documents'."""
    return text.replace("111122223333", ACCOUNT).replace("eu-central-1", REGION).replace("abc123", api_id)


def _as_policy(document: dict[str, Any]) -> dict[str, Any]:
    return document if "Statement" in document else {"Version": "2012-10-17", "Statement": [document]}


def what_stays() -> list[str]:
    """The first column of the table of what an uninstall leaves, in docs/operating.md."""
    table = (DOCS / "operating.md").read_text().partition("| what stays |")[2].partition("\n\n")[0]
    return [line.split("|")[1].strip() for line in table.splitlines()[2:]]
