"""Steps: the documented IAM policies let through what they say, and nothing else, whatever a caller passes."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from tests.deploy.calls import ALL
from tests.deploy.check import Check, expect
from tests.deploy.documents import policies
from tests.deploy.emulator import ACCOUNT, REGION, ROOT, Answer, Caller

LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
AGENT, READER = "agents.md: Who may do what", "security.md: Security"

OTHER_ADDRESSES = (
    # Another account, and every way to name one.
    *("/accounts/support/mcp", "/accounts/support/mcp/read", "/accounts/Sales/mcp", "/accounts/SALES/mcp/read"),
    *("/accounts/default/mcp", "/accounts/*/mcp", "/accounts/sales*/mcp", "/accounts/sales%20/mcp/read"),
    *("/accounts/sales/../support/mcp", "/accounts/sales/%2e%2e/support/mcp", "/accounts/sales%2F..%2Fsupport/mcp"),
    *("/accounts/sales%2fsupport/mcp", "/accounts/./support/mcp", "/accounts//support/mcp", "//accounts/support/mcp"),
    *("/accounts/sales/mcp/../../support/mcp", "/accounts/sales/mcp/read/..%2f..%2f..%2fsupport/mcp/read"),
    # Another set of tools.
    *("/accounts/sales/mcp/all", "/accounts/sales/mcp/booking", "/accounts/sales/mcp/ALL", "/accounts/sales/mcp/READ"),
    *("/accounts/sales/mcp/%61ll", "/accounts/sales/mcp//all", "/accounts/sales//mcp/all", "//accounts/sales/mcp/all"),
    *("/accounts/sales/mcp/read/../all", "/accounts/sales/mcp/read%2F..%2Fall", "/accounts/sales/mcp/read/%2e%2e/all"),
    *("/accounts/sales/mcp/read/all", "/accounts/sales/mcp/read;/all", "/accounts/sales/mcp/read%00all"),
    *("/accounts/sales/mcp/all?tools=read", "/accounts/sales/mcp/all#/read", "/accounts/sales/mcp/read,all"),
    # The actions' own routes.
    *("/accounts/sales/webhook_subscriptions", "/accounts/sales/connect", "/accounts/sales/mcp/../users/me"),
)


def documented(check: Check) -> str:
    """Every policy in the documents is checked below, or here is what to do about it."""
    missing = set(policies(check.stack.api_id)) ^ {AGENT, READER}
    expect(not missing, f"the policies in the documents are not those that are checked: {sorted(missing)}")
    return f"{AGENT}; {READER}"


def agent(check: Check) -> str:
    """The policy for an agent: the account ``sales``, and tools that read."""
    caller = check.emulator.caller("agent", policies(check.stack.api_id)[AGENT])
    admin = check.emulator.caller("administrator", {"Version": "2012-10-17", "Statement": [ALL]})
    for path in ("/accounts/sales/mcp", "/accounts/sales/mcp/read"):
        answer = check.stack.call("POST", path, LIST, caller)
        expect(answer.status == 200 and answer.json["result"]["tools"], f"{path}: {answer.status} {answer.text[:200]}")
    for path in OTHER_ADDRESSES:
        _refused(check.stack.call("POST", path, LIST, caller), f"POST {path}")
    reached = sum(check.stack.call("POST", path, LIST, admin).status == 200 for path in OTHER_ADDRESSES)
    expect(reached, "nobody reaches any of the other addresses, so that being refused there shows nothing")
    methods = [(method, path) for method in ("GET", "PUT", "PATCH", "DELETE") for path in ("/mcp", "/mcp/read")]
    elsewhere = [("GET", "/users/me"), ("GET", "/scheduled_events"), ("DELETE", "")]
    for method, path in [*methods, *elsewhere]:
        _refused(check.stack.call(method, f"/accounts/sales{path}", None, caller), f"{method} {path}")
    for method, path in (("GET", "/accounts"), ("GET", "/doctor")):
        _refused(check.stack.call(method, path, None, caller), f"{method} {path}")
    _no_service(check, caller)
    return f"{len(OTHER_ADDRESSES)} addresses refused, of which an administrator reaches {reached}; other methods, too"


def arguments(check: Check) -> str:
    """At its own address: no argument leads to another account, and no tool that writes answers by its name."""
    caller = check.emulator.caller("agent-again", policies(check.stack.api_id)[AGENT])
    owners = {name: check.account(name)["owner"] for name in ("sales", "support")}
    here = _tool(check, caller, "retrieve_user", {"user": "me"})
    expect(owners["sales"] in here.text, f"retrieve_user answered {here.text[:300]}")
    for given in ({"account": "support"}, {"_account": "support"}, {"account": ["support"]}, {"tools": "all"}):
        for answer in (
            _tool(check, caller, "retrieve_user", {"user": "me", **given}),
            _tool(check, caller, "retrieve_user", {"user": "me"}, more=given),
            _tool(
                check,
                caller,
                "retrieve_user",
                {"user": "me"},
                query=f"?{'&'.join(f'{k}={v}' for k, v in given.items())}",
            ),
        ):
            expect(owners["support"] not in answer.text, f"{given} led to the other account")
    listed = {
        tool["name"] for tool in check.stack.call("POST", "/accounts/sales/mcp", LIST, caller).json["result"]["tools"]
    }
    every = set(json.loads((ROOT / "functions" / "agents" / "tools.json").read_text()))
    before = check.calendly.writes()
    for tool in sorted(every - listed):
        answer = _tool(check, caller, tool, {"confirm": True, "allow_write": True, "method": "DELETE", "path": "/x"})
        expect("error" in answer.json and "result" not in answer.json, f"{tool} answered {answer.text[:300]}")
    expect(check.calendly.writes() == before, "a tool that writes reached Calendly")
    return f"retrieve_user stays with sales; {len(every - listed)} other tools are unknown there; Calendly saw no write"


def reader(check: Check) -> str:
    """The policy for one account: whatever GET there is on ``sales``."""
    caller = check.emulator.caller("reader", policies(check.stack.api_id)[READER])
    owner = check.account("support")["owner"]
    for path in ("/accounts/sales/users/me", "/accounts/sales/event_types", "/accounts/sales/scheduled_events"):
        answer = check.stack.call("GET", path, caller=caller)
        expect(answer.status == 200, f"{path} answered {answer.status}: {answer.text[:200]}")
    others = (
        *(
            "/accounts",
            "/doctor",
            "/accounts/support/users/me",
            "/accounts/Sales/users/me",
            "/accounts//sales/users/me",
        ),
        *("/accounts/sales/../support/users/me", "/accounts/sales/%2e%2e/support/users/me"),
        *("/accounts/sales%2F..%2Fsupport/users/me", "/accounts/sales/..%2Fsupport/users/me"),
    )
    for path in others:
        _refused(check.stack.call("GET", path, caller=caller), f"GET {path}")
    beside = check.stack.call("GET", "/accounts/sales/users/me?account=support", caller=caller)
    expect(owner not in beside.text, "a query led to the other account")
    writes = (
        ("DELETE", "/accounts/sales", None),
        ("POST", "/accounts/sales/connect", {}),
        ("POST", "/accounts/sales/mcp", LIST),
        ("POST", "/accounts/sales/webhook_subscriptions", {"events": ["invitee.created"]}),
    )
    for method, path, body in writes:
        _refused(check.stack.call(method, path, body, caller), f"{method} {path}")
    _no_service(check, caller)
    return f"3 routes answer; {len(others) + len(writes)} of another account, or with another method, are refused"


def gateway(check: Check) -> str:
    """What docs/agents.md says of a gateway's role: all of one account, by a wildcard, and nothing of another."""
    resource = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{check.stack.api_id}/v1/*/accounts/sales/*"
    allow = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": resource}
    caller = check.emulator.caller("gateway", {"Version": "2012-10-17", "Statement": [allow]})
    for method, path in (("POST", "/accounts/sales/mcp/all"), ("GET", "/accounts/sales/users/me")):
        answer = check.stack.call(method, path, LIST if method == "POST" else None, caller)
        expect(answer.status == 200, f"{path} answered {answer.status}: {answer.text[:200]}")
    others = [path for path in OTHER_ADDRESSES if "support" in path]
    for path in others:
        _refused(check.stack.call("POST", path, LIST, caller), f"POST {path}")
    for method, path in (("GET", "/accounts"), ("GET", "/doctor"), ("GET", "/accounts/support/users/me")):
        _refused(check.stack.call(method, path, None, caller), f"{method} {path}")
    _no_service(check, caller)
    return f"every route of sales; {len(others)} addresses of another account refused, whatever the path is made of"


def _tool(
    check: Check, caller: Caller, name: str, given: dict[str, Any], *, more: Any = None, query: str = ""
) -> Answer:
    """Call a tool at the agent's address, with ``more`` beside the protocol's own parameters."""
    params = {"name": name, "arguments": given, **(more or {})}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params, **(more or {})}
    return check.stack.call("POST", f"/accounts/sales/mcp/read{query}", body, caller)


def _refused(answer: Answer, what: str) -> None:
    expect(answer.status == 403, f"{what} answered {answer.status}: {answer.text[:200]}")


def _no_service(check: Check, caller: Caller) -> None:
    """A caller of the API cannot go round it."""
    stack, client = check.stack.name, check.emulator.client
    machine = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{stack}-send-booking-link"
    for service, operation, given in (
        ("lambda", "invoke", {"FunctionName": f"{stack}-RetrieveUser", "Payload": b'{"account": "support"}'}),
        ("lambda", "invoke", {"FunctionName": f"{stack}-AnswerMcp", "Payload": b"{}"}),
        ("secretsmanager", "get_secret_value", {"SecretId": f"{stack}/accounts/support"}),
        ("secretsmanager", "get_secret_value", {"SecretId": f"{stack}/oauth-app"}),
        ("dynamodb", "scan", {"TableName": check.stack.resources["Table"]}),
        ("stepfunctions", "start_execution", {"stateMachineArn": machine, "input": "{}"}),
    ):
        try:
            getattr(client(service, caller), operation)(**given)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            expect("AccessDenied" in code, f"{service} {operation} answered {code}")
        else:
            expect(False, f"{service} {operation} is allowed")
