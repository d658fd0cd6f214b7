"""The tools as Amazon Bedrock AgentCore Gateway takes them: the targets in ``agents.yaml``, one a set of tools."""

from __future__ import annotations

import json
from typing import Any

from actions.tools import SETS
from generate.catalog import Action
from generate.tools import offered

TARGET = "calendly"
"""The target's name; a tool's full name is ``calendly___<tool>``."""

BEGIN = "  # <targets> written by `make generate` from the files in functions/; everything above is written by hand\n"
END = "  # </targets>\n"

_BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "less than {}",
    "maxLength": "at most {} characters",
    "minItems": "at least {} entries",
    "maxItems": "at most {} entries",
}
_FORMATS = {"date-time": "ISO 8601 with a time zone", "date": "such as 2026-01-31", "email": "an e-mail address"}


def write(template: str, actions: list[Action]) -> str:
    """The template with everything between the markers replaced by the targets of these actions."""
    head, rest = template.split(BEGIN)
    _, tail = rest.split(END)
    return head + BEGIN + "\n".join(_target(chosen, actions) for chosen in SETS) + END + tail


def _target(chosen: str, actions: list[Action]) -> str:
    # JSON is YAML as well, and keeps a tool on one line.
    tools = (json.dumps(narrowed(tool), ensure_ascii=False) for tool in offered(actions, chosen))
    lines = "".join(f"                - {tool}\n" for tool in tools)
    return f"""\
  {chosen.capitalize()}Target:
    Type: AWS::BedrockAgentCore::GatewayTarget
    Condition: Offers{chosen.capitalize()}
    Properties:
      GatewayIdentifier: !GetAtt Gateway.GatewayIdentifier
      Name: {TARGET}
      Description: The set "{chosen}" of the Calendly actions, on one connected account
      CredentialProviderConfigurations:
        - CredentialProviderType: GATEWAY_IAM_ROLE
      TargetConfiguration:
        Mcp:
          Lambda:
            LambdaArn: !GetAtt AnswerGateway.Arn
            ToolSchema:
              InlinePayload:
{lines}"""


def narrowed(tool: dict[str, Any]) -> dict[str, Any]:
    """The tool as AgentCore takes it: of a schema only the type, properties, required names, items and description."""
    return {
        "Name": tool["name"],
        "Description": tool["description"],
        "InputSchema": _narrow(tool["inputSchema"]),
    }


def _narrow(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema in AgentCore's words; its rules become a part of its description."""
    options = schema.get("anyOf", ())
    kind = schema.get("type") or next((each["type"] for each in options if "type" in each), _type_of(schema))
    says = " ".join(filter(None, (schema.get("description", ""), _rules(schema))))
    found: dict[str, Any] = {"Type": kind}
    if says:
        found["Description"] = says
    if kind == "object" and "properties" in schema:
        found["Properties"] = {name: _narrow(each) for name, each in schema["properties"].items()}
        if schema.get("required"):
            found["Required"] = schema["required"]
    if kind == "array":
        found["Items"] = _narrow(schema.get("items") or next((o["items"] for o in options if "items" in o), {}))
    return found


def _type_of(schema: dict[str, Any]) -> str:
    value = schema["const"] if "const" in schema else next(iter(schema.get("enum", ("",))))
    return "boolean" if isinstance(value, bool) else "integer" if isinstance(value, int) else "string"


def _rules(schema: dict[str, Any]) -> str:
    """What a schema demands of a value, in words."""
    values = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
    rules = [f"One of: {', '.join(map(str, values))}"] if values else []
    if schema.get("format") in _FORMATS:
        rules.append(_FORMATS[schema["format"]])
    rules += [text.format(schema[name]) for name, text in _BOUNDS.items() if name in schema]
    if schema.get("default") not in (None, False):
        rules.append(f"default {json.dumps(schema['default'])}")
    return f"({'; '.join(rules)})" if rules else ""
