"""Steps: the deployed stack at work."""

from __future__ import annotations

import re

from tests.deploy.check import Check, expect
from tests.deploy.emulator import Caller
from tests.deploy.inventory import look

OPEN = {"GET /oauth/callback", "POST /webhooks/{account}"}
"""What needs no signature, because browsers and Calendly call it."""


def first_deployment(check: Check) -> str:
    check.before = look(check.emulator)
    calendly = check.calendly.url
    # The account has no role for API Gateway's logs yet, so the first step of the instructions says "create".
    seconds = check.deploy(CalendlyApiUrl=calendly, CalendlyAuthUrl=calendly, ApiGatewayLogging="create")
    check.key = check.stack.outputs["Key"]
    return f"{len(check.stack.resources)} resources in {seconds:.0f} s, {check.stack.status}"


def second_deployment(check: Check) -> str:
    """Step 4 of the instructions. The emulator's address of the API is known only now, like that of a domain."""
    table = check.stack.resources["Table"]
    seconds = check.deploy(DeletionProtection="on", PublicUrl=check.stack.url)
    check.protect(on=True)
    described = check.emulator.client("dynamodb").describe_table(TableName=table)["Table"]
    expect(described["DeletionProtectionEnabled"], "the table is not protected")
    return f"the table is protected, in {seconds:.0f} s, {check.stack.status}"


def unsigned(check: Check) -> str:
    """Every route but two wants a signature, and a right one."""
    pages = check.emulator.client("apigateway").get_paginator("get_resources").paginate(restApiId=check.stack.api_id)
    routes = [
        (method, item["path"])
        for page in pages
        for item in page["items"]
        for method in item.get("resourceMethods", {})
        if method != "OPTIONS"
    ]
    answered = {
        f"{method} {path}": check.stack.call(method, re.sub("{.*?}", "sales", path), caller=None).status
        for method, path in routes
    }
    let_in = {route for route, status in answered.items() if status != 403}
    expect(let_in <= OPEN, f"answered without a signature: {sorted(let_in - OPEN)}")
    forged = Caller(check.emulator.caller("forged", {"Version": "2012-10-17", "Statement": [ALL]}).key, "another")
    expect(check.stack.call("GET", "/accounts", caller=forged).status == 403, "a wrong signature was accepted")
    return f"403 from {len(routes) - len(OPEN)} routes, and for a wrong signature"


ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def connects(check: Check) -> str:
    """Two accounts, of two users."""
    check.store_application()
    check.connect("sales", 0)
    check.connect("support", 1)
    owners = {name: check.account(name)["owner"] for name in ("sales", "support")}
    expect(owners["sales"] != owners["support"], "both accounts have one owner")
    answer = check.stack.call("GET", "/accounts/sales/users/me")
    expect(answer.status == 200, f"retrieve_user answered {answer.status}: {answer.text[:300]}")
    expect(answer.json["resource"]["uri"] == owners["sales"], "retrieve_user answered with another user")
    return "sales and support, by consent; both have secrets; retrieve_user answers, signed"


def refreshes(check: Check) -> str:
    before = check.account("sales")
    answer = check.invoke("RotateTokens", {"account": "sales", "force": True})
    after = check.account("sales")
    expect(after["generation"] == before["generation"] + 1, f"rotate_tokens answered {answer}")
    expect(after["refresh_token"] != before["refresh_token"], "the refresh token is the same")
    run = check.invoke("RotateTokens", {})
    expect(len(run["accounts"]) == 2, f"the schedule's run answered {run}")
    return f"generation {before['generation']} is {after['generation']}; the schedule's run looks at both accounts"


def doctor(check: Check) -> str:
    """Every line is ``ok`` but those whose permission the emulator understands differently."""
    answer = check.stack.call("GET", "/doctor")
    expect(answer.status == 200, f"doctor answered {answer.status}: {answer.text[:300]}")
    report = answer.json["checks"]
    expect({each["check"] for each in report} >= {"stack", "key", "application", "account"}, f"doctor said {report}")
    wrong = [each for each in report if not each["ok"] and each["check"] not in ("schedule", "alarms")]
    expect(not wrong, f"doctor found {wrong}")
    return f"{sum(each['ok'] for each in report)} lines are ok; the schedules and alarms are checked as text below"
