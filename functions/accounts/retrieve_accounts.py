"""List the connected accounts and their health, their subscriptions', and the application's. Reads no secret."""

from _wiring import connector, directory, subscriptions

from accounts.health import application_health, health, webhooks
from actions.doors import Call
from actions.inputs import Common
from actions.runtime import Answer, endpoint


class RetrieveAccounts(Common):
    """Takes nothing of its own."""


@endpoint
def handler(input: RetrieveAccounts, call: Call) -> Answer:
    seen, missing_scopes = directory().application(), connector().missing_scopes
    states = subscriptions().states()
    accounts = [
        {**health(entry, missing_scopes, seen), "webhooks": webhooks(states.get(entry.name))}
        for entry in directory().list()
    ]
    return Answer({"accounts": accounts, "application": application_health(seen)})
