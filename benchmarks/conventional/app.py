"""The conventional stack: a careful implementation with Powertools' resolver, validation and Tracer."""

import json
import os
from collections.abc import Iterator
from typing import Annotated, Any

import boto3
import requests
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, Field

logger = Logger()
metrics = Metrics()
tracer = Tracer()
app = APIGatewayRestResolver(enable_validation=True)
secrets = boto3.client("secretsmanager")
session = requests.Session()
API = os.environ["CALENDLY_API_URL"]

Account = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
_tokens: dict[str, str] = {}


class Link(BaseModel):
    event_type: Annotated[str, Field(min_length=16, max_length=64)]


class User(BaseModel):
    uri: str
    name: str
    email: str


@tracer.capture_method(capture_response=False)
def token(account: str) -> str:
    if account not in _tokens:
        answer = secrets.get_secret_value(SecretId=f"{os.environ['STACK_NAME']}/accounts/{account}")
        _tokens[account] = json.loads(answer["SecretString"])["access_token"]
    return _tokens[account]


@tracer.capture_method(capture_response=False)
def calendly(account: str, method: str, path: str, **content: Any) -> Response:
    headers = {"Authorization": f"Bearer {token(account)}"}
    answer = session.request(method, API + path, headers=headers, timeout=(3, 20), **content)
    answer.raise_for_status()
    metrics.add_metric(name="CalendlyRequests", unit=MetricUnit.Count, value=1)
    return Response(answer.status_code, content_type="application/json", body=answer.json())


@app.get("/accounts/<account>/users/<user>")
def retrieve_user(account: Account, user: str) -> Response[Any]:
    answer = calendly(account, "GET", f"/users/{user}")
    User.model_validate(answer.body["resource"])
    return answer


@app.get("/accounts/<account>/scheduled_events")
def retrieve_events(
    account: Account, user: Annotated[str, Query()], count: Annotated[int, Query(ge=1, le=100)] = 20
) -> Response[Any]:
    return calendly(account, "GET", "/scheduled_events", params={"user": user, "count": count})


def pages() -> Iterator[list[Any]]:
    """All scheduled events, for the bulk benchmark, collected into one answer."""
    events: list[Any] = []
    params: dict[str, Any] = {"user": "me", "count": 100}
    while True:
        page = calendly("default", "GET", "/scheduled_events", params=params).body
        events += page["collection"]
        params["page_token"] = page["pagination"]["next_page_token"]
        if params["page_token"] is None:
            break
    yield events


@app.post("/accounts/<account>/scheduling_links")
def create_single_use_scheduling_link(account: Account, link: Link) -> Response[Any]:
    owner = f"https://api.calendly.com/event_types/{link.event_type}"
    document = {"max_event_count": 1, "owner": owner, "owner_type": "EventType"}
    return calendly(account, "POST", "/scheduling_links", json=document)


@logger.inject_lambda_context
@tracer.capture_lambda_handler
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    answer = app.resolve(event, context)
    logger.info("done")
    return answer
