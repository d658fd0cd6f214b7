"""The actions in ``template.yaml``, between markers: two CloudFormation resources each, and the API's models."""

from __future__ import annotations

import json
import textwrap
from itertools import groupby

import yaml

from generate.catalog import Action
from generate.models import in_body, parameters, request_model

BEGIN = "  # <actions> written by `make generate` from the files in functions/; everything above is written by hand\n"
END = "  # </actions>\n"
MODELS_BEGIN = (
    "      # <models> written by `make generate`: the bodies, for the API's documentation; API Gateway refuses none\n"
)
MODELS_END = "      # </models>\n"


def write(template: str, actions: list[Action]) -> str:
    """The template with everything between the markers replaced by the resources of these actions."""
    head, rest = template.split(BEGIN)
    _, tail = rest.split(END)
    families = groupby(actions, key=lambda action: action.family)
    blocks = [f"\n  # {family}\n\n" + "\n".join(map(_resource, members)) for family, members in families]
    return _with_models(head, actions) + BEGIN + "".join(blocks) + "\n" + END + tail


def _with_models(head: str, actions: list[Action]) -> str:
    before, rest = head.split(MODELS_BEGIN)
    _, after = rest.split(MODELS_END)
    models = {action.logical_id: request_model(action) for action in actions if in_body(action)}
    text = yaml.dump({"Models": models}, sort_keys=False, allow_unicode=True, width=110, Dumper=yaml.SafeDumper)
    return before + MODELS_BEGIN + textwrap.indent(text, "      ") + MODELS_END + after


def _resource(action: Action) -> str:
    method = action.declaration.method
    condition = "    Condition: WritingActions\n" if action.writes and not action.declaration.also_reads else ""
    return f"""\
  {action.logical_id}:
    Type: AWS::Serverless::Function
    Metadata: {{ SkipBuild: true }}
{condition}    Properties:
      FunctionName: !Sub ${{AWS::StackName}}-{action.logical_id}
      Description: {_description(action)}
      CodeUri: functions/{action.family}/
      Handler: {action.name}.handler
      Role: !GetAtt {_role(action)}.Arn
      Events:
        Http:
          Type: Api
          Properties:
            RestApiId: !Ref Api
            Method: {method}
            Path: "{action.route}"
{_documented(action)}"""


def _documented(action: Action) -> str:
    """What API Gateway is told of the input: the names of parameters, and a body's model."""
    lines = [
        f"              - method.request.{name}{': { Required: true }' if required else ''}\n"
        for name, required in parameters(action).items()
    ]
    model = f"            RequestModel: {{ Model: {action.logical_id} }}\n" if in_body(action) else ""
    return model + "            RequestParameters:\n" + "".join(lines)


def _description(action: Action) -> str:
    """The summary, at most 256 characters for Lambda. YAML needs quotes around a colon, as JSON writes them."""
    text = action.summary
    return json.dumps(text) if ":" in text else text


def _role(action: Action) -> str:
    return action.declaration.aws_role or ("CreateRole" if action.creates else "ActionRole")
