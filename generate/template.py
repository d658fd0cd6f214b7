"""The actions' resources in ``template.yaml``, between two markers, by family: two CloudFormation resources each."""

from __future__ import annotations

import json
from itertools import groupby

from generate.catalog import Action

BEGIN = "  # <actions> written by `make generate` from the files in functions/; everything above is written by hand\n"
END = "  # </actions>\n"


def write(template: str, actions: list[Action]) -> str:
    """The template with everything between the markers replaced by the resources of these actions."""
    head, rest = template.split(BEGIN)
    _, tail = rest.split(END)
    families = groupby(actions, key=lambda action: action.family)
    blocks = [f"\n  # {family}\n\n" + "\n".join(map(_resource, members)) for family, members in families]
    return head + BEGIN + "".join(blocks) + "\n" + END + tail


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
        Http: {{ Type: Api, Properties: {{ RestApiId: !Ref Api, Method: {method}, Path: "{action.route}" }} }}
"""


def _description(action: Action) -> str:
    """The summary, at most 256 characters for Lambda. YAML needs quotes around a colon, as JSON writes them."""
    text = action.summary
    return json.dumps(text) if ":" in text else text


def _role(action: Action) -> str:
    return action.declaration.aws_role or ("CreateRole" if action.creates else "ActionRole")
