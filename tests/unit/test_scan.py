"""What the scanners' findings are held against: a finding needs a reason, and a reason needs a finding."""

from __future__ import annotations

import tomllib

from tests.scan import SKIPS, complaints

REASONS = tomllib.loads(SKIPS.read_text())


def checkov(*rules: str) -> dict[str, object]:
    checks = [{"check_id": rule, "resource": "AWS::S3::Bucket.ExportBucket"} for rule in rules]
    return {"results": {"failed_checks": checks}}


def test_what_has_its_reason_is_accepted() -> None:
    assert complaints("checkov", checkov(*REASONS["checkov"])) == []
    assert all(len(reason) > 20 for rules in REASONS.values() for reason in rules.values())


def test_a_finding_without_a_reason_and_a_reason_without_a_finding_are_told() -> None:
    first, *others = REASONS["checkov"]
    assert complaints("checkov", checkov(*others, "CKV_AWS_1")) == [
        "CKV_AWS_1 at ExportBucket",
        f"{first} is skipped in skips.toml, and found nowhere.",
    ]


def test_a_finding_of_cfn_lint_says_the_line() -> None:
    report = [{"Rule": {"Id": rule}, "Location": {"Start": {"LineNumber": 7}}} for rule in (*REASONS["cfn-lint"], "E1")]
    assert complaints("cfn-lint", report) == ["E1 at 7"]
