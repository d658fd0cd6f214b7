"""The floor: the same job with only the standard library, and nothing that a product needs.

A signed GetSecretValue, one HTTPS request, JSON in and out. No validation, no errors, no retries, no log.
"""

import datetime
import hashlib
import hmac
import http.client
import json
import os
import ssl
from urllib.parse import urlencode, urlsplit

CONTEXT = ssl.create_default_context()
AWS = urlsplit(os.environ["AWS_ENDPOINT_URL"]).netloc
CALENDLY = urlsplit(os.environ["CALENDLY_API_URL"]).netloc
REGION = os.environ["AWS_DEFAULT_REGION"]
TARGET = "secretsmanager.GetSecretValue"

token = None
connection = None


def secret():
    body = json.dumps({"SecretId": "stack/accounts/default"}).encode()
    now = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{now[:8]}/{REGION}/secretsmanager/aws4_request"
    names = "content-type;host;x-amz-date;x-amz-target"
    headers = f"content-type:application/x-amz-json-1.1\nhost:{AWS}\nx-amz-date:{now}\nx-amz-target:{TARGET}\n"
    request = f"POST\n/\n\n{headers}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    text = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = b"AWS4" + os.environ["AWS_SECRET_ACCESS_KEY"].encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.new(key, text.encode(), "sha256").hexdigest()
    credential = f"{os.environ['AWS_ACCESS_KEY_ID']}/{scope}"
    signed = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Date": now,
        "X-Amz-Target": TARGET,
        "Authorization": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}",
    }
    aws = http.client.HTTPSConnection(AWS, context=CONTEXT, timeout=5)
    aws.request("POST", "/", body, signed)
    return json.loads(json.loads(aws.getresponse().read())["SecretString"])


def connect():
    global token, connection
    if token is None:
        token = secret()["access_token"]
        connection = http.client.HTTPSConnection(CALENDLY, context=CONTEXT, timeout=20)


def pages():
    """All scheduled events, for the bulk benchmark."""
    connect()
    following = "?count=100"
    while following:
        connection.request("GET", f"/scheduled_events{following}", headers={"Authorization": f"Bearer {token}"})
        page = json.loads(connection.getresponse().read())
        yield page["collection"]
        onwards = page["pagination"]["next_page_token"]
        following = onwards and f"?count=100&page_token={onwards}"


def handler(event, _context):
    connect()
    path = event["path"].removeprefix("/accounts/default")
    query = event.get("queryStringParameters")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    body = None
    if event["httpMethod"] == "POST":
        wanted = json.loads(event["body"])
        owner = f"https://api.calendly.com/event_types/{wanted['event_type']}"
        body = json.dumps({"max_event_count": 1, "owner": owner, "owner_type": "EventType"})
    connection.request(event["httpMethod"], f"{path}?{urlencode(query)}" if query else path, body, headers)
    response = connection.getresponse()
    document = json.loads(response.read())
    return {
        "statusCode": response.status,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(document),
    }
