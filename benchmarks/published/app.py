"""The published client: PyPI's pycalendly in a plain handler, with boto3 for the secret.

It reads and lists. It cannot create a scheduling link.
"""

import json
import os

import boto3

import calendly.calendly as published

API = os.environ["CALENDLY_API_URL"]
# The client only knows Calendly's public address.
published.ME = f"{API}/users/me"
published.EVENTS = f"{API}/scheduled_events"

secrets = boto3.client("secretsmanager")
clients = {}


def client(account):
    if account not in clients:
        answer = secrets.get_secret_value(SecretId=f"{os.environ['STACK_NAME']}/accounts/{account}")
        clients[account] = published.CalendlyAPI(json.loads(answer["SecretString"])["access_token"])
    return clients[account]


def pages():
    """All scheduled events, for the bulk benchmark. The client returns them in one list."""
    yield client("default").get_all_scheduled_events("https://api.calendly.com/users/AAAAAAAAAAAAAAAA")


def handler(event, _context):
    calendly = client(event["pathParameters"]["account"])
    if event["resource"].endswith("/scheduled_events"):
        query = event["queryStringParameters"]
        document = calendly.list_events(count=int(query["count"]), user_uri=query["user"])
    else:
        document = calendly.about()
    return {
        "statusCode": 200,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(document),
    }
