"""Costs in US dollars, at AWS's published prices of us-east-1 in November 2026."""

from __future__ import annotations

from pathlib import Path

GB_SECOND = 0.0000133334
"""Lambda on arm64, the first six billion a month."""

LAMBDA_REQUESTS = 0.20 / 1e6
API_REQUESTS = 3.50 / 1e6
LOG_GB = 0.50
SECRET_MONTH = 0.40
SECRET_CALLS = 0.05 / 10_000
KEY_MONTH = 1.00
ALARM_MONTH = 0.10
MEMORY_GB = 0.5

CALENDLY_SECONDS = 0.150
"""Assumed time of Calendly's answer, the same for all stacks."""

CALLS_PER_SECRET_READ = 50
"""A warm function reads its secret every five minutes. This assumes ten calls a minute."""

COLD_SHARE = 0.01
"""Assumes one cold start in a hundred calls."""

LOG_BYTES = 950
"""Bytes per call: 490 for one line of the function, 360 for three of Lambda's (START, END, REPORT), and 26 that
CloudWatch adds to each line. The same for all stacks."""

ALARMS = (Path(__file__).parent.parent / "template.yaml").read_text().count("Type: AWS::CloudWatch::Alarm")
ROTATIONS = 4 * 24 * 30
ROTATION_SECONDS = 0.5


def per_million(warm_ms: float, cold_ms: float, *, http: bool) -> float:
    """The cost of a million calls of a stack.

    Args:
        warm_ms: what a warm call takes beyond Calendly.
        cold_ms: what a cold one takes from the start of its process; INIT is billed.
        http: through API Gateway, or directly.
    """
    seconds = CALENDLY_SECONDS + (1 - COLD_SHARE) * warm_ms / 1000 + COLD_SHARE * cold_ms / 1000
    each = (
        seconds * MEMORY_GB * GB_SECOND
        + LAMBDA_REQUESTS
        + (API_REQUESTS if http else 0)
        + SECRET_CALLS / CALLS_PER_SECRET_READ
        + LOG_BYTES / 1e9 * LOG_GB
    )
    return 1e6 * each


def per_idle_month(accounts: int) -> float:
    """The cost of a month without calls, by the number of connected accounts."""
    fixed = KEY_MONTH + SECRET_MONTH + ALARMS * ALARM_MONTH
    rotation = ROTATIONS * (ROTATION_SECONDS * MEMORY_GB * GB_SECOND + LAMBDA_REQUESTS)
    # One refresh an hour, see docs/scaling.md.
    return fixed + rotation + accounts * (SECRET_MONTH + 0.03)
