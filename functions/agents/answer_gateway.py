"""Runs the tools that Amazon Bedrock AgentCore Gateway calls, for the one account in its environment.

Which tool is meant stands in the client context, which whoever may invoke this function can write. So the account and
the set of tools are the deployment's.
"""

import os
from pathlib import Path

from actions.doors import Call, ToolCall
from actions.runtime import Answer, gateway
from actions.tools import Caller, load, run
from calendly.errors import InvalidRequestError

TOOLS = Path(__file__).with_name("tools.json")


@gateway
def handler(input: ToolCall, call: Call) -> Answer:
    tool = load(TOOLS, os.environ["TOOLS"]).get(input.tool)
    if tool is None:
        raise InvalidRequestError.for_field("tool", f"must be one of the set {os.environ['TOOLS']}")
    who = f"AgentCore gateway {call.client.get('bedrockAgentCoreGatewayId', '')}".strip()
    return Answer(run(tool, input.arguments, Caller(os.environ["ACCOUNT"], who, call)).answer)
