"""Look at everything that has to be right: the stack, its secrets, schedules and alarms, the accounts, and Calendly."""

from _checks import findings

from actions.doors import Call
from actions.inputs import Common
from actions.runtime import Answer, endpoint


class Doctor(Common):
    """Takes nothing of its own."""


@endpoint
def handler(input: Doctor, call: Call) -> Answer:
    found = [finding._asdict() for finding in findings(call.deadline)]
    return Answer({"ok": all(each["ok"] for each in found), "checks": found})
