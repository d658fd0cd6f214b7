"""What an organization's plan allows. It is the plan that the owner pays for, for everybody in the organization."""

from __future__ import annotations

from sandbox.errors import denied
from sandbox.rows.base import Row

PLANS = {"free": ("basic", "free"), "standard": ("standard", "paid"), "teams": ("teams", "paid")} | {
    "enterprise": ("enterprise", "paid")
}
"""Of each plan that can be chosen: the plan and the stage of the organization."""

REQUESTS_PER_MINUTE = {"free": 50, "paid": 500}
BOOKINGS: dict[str, tuple[tuple[int, int], ...]] = {
    # The number for the free plan is not published; the trial's stands in for it.
    "basic": ((86_400, 5),),
    "enterprise": ((60, 500),),
}
PAID_BOOKINGS = ((60, 10), (3_600, 50), (86_400, 100))
"""Bookings by POST /invitees, of one user: so many seconds, at most so many."""


def must_be_enterprise(organization: Row) -> None:
    if organization["plan"] != "enterprise":
        raise denied("Please upgrade your Calendly account to Enterprise.")


def must_be_paid(organization: Row) -> None:
    if organization["stage"] != "paid":
        raise denied("Please upgrade to a paid Calendly account.")


def bookings_allowed(organization: Row) -> tuple[tuple[int, int], ...]:
    return BOOKINGS.get(organization["plan"], PAID_BOOKINGS)
