"""Steps for what the emulator cannot show: the template's text says it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from tests.deploy.check import Check, expect, source
from tests.deploy.emulator import ROOT

VIA, MANAGED = "kms:ViaService", "AWS::IAM::ManagedPolicy"
AWS_ERRORS = ("States.", "Lambda.", "Sandbox.", "Runtime.")


def key_through_services(_check: Check) -> str:
    """Whoever reads a secret may use its key, through Secrets Manager alone; nobody may use it in another way."""
    resources = source()["Resources"]
    expect(resources["OAuthApp"]["Properties"]["KmsKeyId"], "the application's secret has no key of the stack's")
    count = 0
    for name, resource in resources.items():
        found = list(_statements(resource))
        for each in [each for each in found if _allows(each, "kms:") and each["Action"] != ["kms:DescribeKey"]]:
            condition = each["Condition"]["StringEquals"]
            sealing = condition == {"kms:EncryptionContext:calendly-actions": "parked-refresh-token"}
            expect(sealing or "amazonaws.com" in str(condition.get(VIA)), f"{name} may use the key with {condition}")
            count += 1
        if any(_allows(each, "secretsmanager:GetSecretValue") for each in found):
            decrypts = [each for each in _with_attached(resources, name) if _allows(each, "kms:Decrypt")]
            vias = [str(each["Condition"]["StringEquals"].get(VIA)) for each in decrypts]
            expect(any("secretsmanager" in via for via in vias), f"{name} reads secrets that it cannot decrypt")
    return f"{count} statements with the key, each bound to a service or to sealing"


def doctor_looks(_check: Check) -> str:
    """What the role of doctor asks of Scheduler and CloudWatch."""
    found = {each["Action"][0]: str(each["Resource"]) for each in _statements(source()["Resources"]["DoctorRole"])}
    expect("schedule/${Schedules}/*" in found["scheduler:GetSchedule"], "doctor may not read the stack's schedules")
    expect(":alarm:*" in found["cloudwatch:DescribeAlarms"], "doctor may not read the stack's alarms")
    return "scheduler:GetSchedule on the stack's group, cloudwatch:DescribeAlarms on the account's alarms"


def workflow_roles(_check: Check) -> str:
    """Each workflow's role may invoke the functions that it is given, and use the services that its tasks name."""
    resources = source()["Resources"]
    machines = {name: each["Properties"] for name, each in resources.items() if each["Type"].endswith("StateMachine")}
    for name, machine in machines.items():
        allowed = _with_attached(resources, machine["Role"]["Fn::GetAtt"][0])
        given = str([each["Resource"] for each in allowed if _allows(each, "lambda:InvokeFunction")])
        functions = [
            each["Fn::GetAtt"][0] for each in machine["DefinitionSubstitutions"].values() if "Fn::GetAtt" in each
        ]
        missing = [function for function in functions if f"'{function}'" not in given]
        expect(given != "[]" and not missing, f"{name} may not invoke {missing or 'anything'}")
        tasks = (ROOT / machine["DefinitionUri"]).read_text()
        for task, action in (("events:putEvents", "events:PutEvents"), ("sns:publish", "sns:Publish")):
            uses = f"arn:aws:states:::{task}" in tasks
            expect(not uses or any(_allows(each, action) for each in allowed), f"{name} may not {action}")
    return f"the roles of {len(machines)} workflows allow their tasks"


def without_tls(_check: Check) -> str:
    """Buckets and the topic deny whatever comes without TLS."""
    resources = source()["Resources"]
    kinds = ("AWS::S3::BucketPolicy", "AWS::SNS::TopicPolicy")
    found = [each["Properties"]["PolicyDocument"]["Statement"] for each in resources.values() if each["Type"] in kinds]
    denied = {"Bool": {"aws:SecureTransport": "false"}}
    for statements in found:
        denies = [each for each in statements if each["Effect"] == "Deny" and each.get("Condition") == denied]
        expect(denies and denies[0]["Principal"] == "*", f"nothing is denied without TLS in {statements}")
    return f"{len(found)} policies of buckets and topics"


def retries(_check: Check) -> str:
    """Workflows retry and catch by the names of errors: each is one of the actions', or AWS's."""
    names = set()
    for path in (ROOT / "statemachines").glob("*.asl.json"):
        names |= set(
            re.findall(r'"(\w[\w.]*)"', " ".join(re.findall(r'"ErrorEquals": \[(.*?)\]', path.read_text(), re.S)))
        )
    own = {name for name in names if not name.startswith(AWS_ERRORS)}
    code = [path.read_text() for folder in ("layers", "functions") for path in (ROOT / folder).rglob("*.py")]
    unknown = {name for name in own if not any(f"class {name}(" in text for text in code)}
    expect(own and not unknown, f"no errors of the actions: {sorted(unknown)}")
    return f"{len(own)} names of errors in retries and catches, all of which the actions raise"


def book_and_wait(_check: Check) -> str:
    """The workflow that waits for a booking, and the one function that may let it go on."""
    resources = source()["Resources"]
    workflow = (ROOT / "statemachines" / "book_and_wait.asl.json").read_text()
    expect('"arn:aws:states:::lambda:invoke.waitForTaskToken"' in workflow, "book-and-wait waits for nothing")
    may = {
        name: str(each["Resource"])
        for name, resource in resources.items()
        for each in _statements(resource)
        if _allows(each, "states:SendTask")
    }
    expect(set(may) == {"WaitRole"} and may["WaitRole"].count("-book-and-wait") == 1, f"who may answer: {may}")
    return "WaitRole alone answers its tasks, and those of no other workflow"


def export_events(_check: Check) -> str:
    """The workflow with the distributed Map, and what its role needs for one."""
    states = json.loads((ROOT / "statemachines" / "export_events.asl.json").read_text())["States"].values()
    maps = [each for each in states if each["Type"] == "Map"]
    expect([each["ItemProcessor"]["ProcessorConfig"]["Mode"] for each in maps] == ["DISTRIBUTED"], "no distributed Map")
    actions = {action for each in _statements(source()["Resources"]["ExportEventsRole"]) for action in each["Action"]}
    needed = {"states:StartExecution", "states:DescribeExecution", "states:StopExecution", "lambda:InvokeFunction"}
    expect(needed <= actions, f"ExportEventsRole lacks {sorted(needed - actions)}")
    return "its role may start, describe and stop executions of its own workflow"


def _with_attached(resources: dict[str, Any], role: str) -> list[dict[str, Any]]:
    """The statements of a role and of the template's policies that are attached to it."""
    attached = [each["Ref"] for each in resources[role]["Properties"].get("ManagedPolicyArns", ())]
    return [each for name in (role, *attached) for each in _statements(resources[name])]


def _statements(resource: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What a role's or a managed policy's statements allow, without those under a condition of the template."""
    properties = resource.get("Properties", {})
    if resource["Type"] == "AWS::IAM::Role":
        documents = [each["PolicyDocument"] for each in properties.get("Policies", ())]
    elif resource["Type"] == MANAGED:
        documents = [properties["PolicyDocument"]]
    else:
        documents = []
    for document in documents:
        yield from (each for each in document["Statement"] if "Action" in each)


def _allows(statement: dict[str, Any], action: str) -> bool:
    actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
    return statement["Effect"] == "Allow" and any(each.startswith(action) for each in actions)
