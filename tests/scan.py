"""``python -m tests.scan cfn-lint|checkov`` reads a scanner's JSON, and holds its findings against ``skips.toml``."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

SKIPS = Path(__file__).parents[1] / "skips.toml"


def found(scanner: str, report: Any) -> dict[str, set[str]]:
    """Where a scanner found something, by rule."""
    rules: dict[str, set[str]] = {}
    if scanner == "cfn-lint":
        for each in report:
            rules.setdefault(each["Rule"]["Id"], set()).add(str(each["Location"]["Start"]["LineNumber"]))
    else:
        for each in report["results"]["failed_checks"]:
            rules.setdefault(each["check_id"], set()).add(each["resource"].rpartition(".")[2])
    return rules


def complaints(scanner: str, report: Any) -> list[str]:
    """What has no reason, and reasons that nothing needs."""
    reasons, rules = tomllib.loads(SKIPS.read_text())[scanner], found(scanner, report)
    return [
        *(f"{rule} at {', '.join(sorted(where)[:5])}" for rule, where in sorted(rules.items()) if rule not in reasons),
        *(f"{rule} is skipped in {SKIPS.name}, and found nowhere." for rule in reasons if rule not in rules),
    ]


def main() -> int:
    (scanner,) = sys.argv[1:]
    problems = complaints(scanner, json.load(sys.stdin))
    print("\n".join(problems) if problems else f"{scanner}: nothing but what skips.toml gives a reason for.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
