"""List the connected accounts and their health, and that of the OAuth application. Reads no secret."""

from _wiring import connector, directory

from accounts.health import application_health, health
from actions.doors import Call
from actions.inputs import Common
from actions.runtime import Answer, endpoint


class RetrieveAccounts(Common):
    """Takes nothing of its own."""


@endpoint
def handler(input: RetrieveAccounts, call: Call) -> Answer:
    seen, missing_scopes = directory().application(), connector().missing_scopes
    accounts = [health(entry, missing_scopes, seen) for entry in directory().list()]
    return Answer({"accounts": accounts, "application": application_health(seen)})
