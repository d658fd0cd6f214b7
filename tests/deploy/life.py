"""Steps: what happens to a stack after its installation."""

from __future__ import annotations

import shutil
from pathlib import Path

from samcli.yamlhelper import yaml_dump, yaml_parse

from tests.deploy.check import Check, expect, source
from tests.deploy.copies import copy_for_emulator
from tests.deploy.documents import what_stays
from tests.deploy.emulator import ACCOUNT, ROOT, WORK
from tests.deploy.inventory import Inventory, look
from tests.deploy.stack import SamFailedError, Stack, build

SAYS = "This is the changed action."


def update(check: Check) -> str:
    """A parameter and an action change; accounts, table and secrets stay. Then the version before is deployed again."""
    before, table = check.account("sales"), check.stack.resources["Table"]
    original = check.copy
    check.copy = _changed(original)
    seconds = check.deploy(LogRetentionDays="7")
    answer = check.stack.call("GET", "/accounts/sales/users/me")
    expect(answer.status == 404 and SAYS in answer.text, f"the changed action answered {answer.status}: {answer.text}")
    group = check.stack.outputs["FunctionLogGroup"]
    logs = check.emulator.client("logs").describe_log_groups(logGroupNamePrefix=group)["logGroups"][0]
    expect(logs["retentionInDays"] == 7, f"the logs are kept {logs.get('retentionInDays')} days")
    check.copy = original
    back = check.deploy(LogRetentionDays="30")
    expect(check.stack.call("GET", "/accounts/sales/users/me").status == 200, "the action is not what it was before")
    expect(check.stack.resources["Table"] == table, "the table was replaced")
    expect(check.account("sales")["connected_at"] == before["connected_at"], "the account's secret was replaced")
    listed = {each["account"] for each in check.stack.call("GET", "/accounts").json["accounts"]}
    expect(listed == {"sales", "support"}, f"the accounts are {sorted(listed)}")
    return f"an action and a parameter, in {seconds:.0f} s, and back in {back:.0f} s; accounts, table and secrets live"


def _changed(template: Path) -> Path:
    """A copy of the template with another retrieve_user, whose folder is a copy, too."""
    folder = WORK / "changed"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "functions" / "users", folder)
    action = folder / "retrieve_user.py"
    returns = "    return connected.calendly.users.retrieve(input.user)\n"
    text = action.read_text()
    expect(returns in text, "retrieve_user is not as this step knows it")
    action.write_text(
        text.replace(returns, f'    raise NotFoundError("{SAYS}")\n').replace(
            "from calendly.documents import",
            "from calendly.errors import NotFoundError\nfrom calendly.documents import",
        )
    )
    document = yaml_parse(template.read_text())
    document["Resources"]["RetrieveUser"]["Properties"]["CodeUri"] = str(folder)
    target = template.with_name("changed.yaml")
    target.write_text(yaml_dump(document))
    return target


def uninstall(check: Check) -> str:
    """As docs/operating.md says. One account is not disconnected, so that its secret stays."""
    stays = _what_stays(check)
    answer = check.stack.call("DELETE", "/accounts/sales")
    expect(answer.status in (200, 204), f"disconnecting answered {answer.status}: {answer.text[:300]}")
    try:
        check.stack.delete()
    except SamFailedError:
        expect(check.stack.status == "UPDATE_COMPLETE", f"the protected stack is {check.stack.status}")
    else:
        expect(False, "the stack was deleted in spite of termination protection")
    check.protect(on=False)
    check.deploy(DeletionProtection="off")
    check.stack.delete()
    expect(not check.stack.status, f"the stack is {check.stack.status}")
    left = look(check.emulator) - check.before
    expect(
        left == set(stays), f"left, and not documented: {left - set(stays)}; documented, and gone: {set(stays) - left}"
    )
    return "\n".join(["what stays is what docs/operating.md lists:", *sorted(f"{kind} {name}" for kind, name in left)])


def _what_stays(check: Check) -> Inventory:
    """What the rows of the table in docs/operating.md are in this account."""
    made = check.stack.resources
    role = made["ApiGatewayLoggingRole"]
    buckets = check.emulator.client("s3").list_buckets()["Buckets"]
    artefacts = next(each["Name"] for each in buckets if each["Name"].startswith("aws-sam-cli-managed-default"))
    rows: dict[str, Inventory] = {
        "the table": {("table", made["Table"])},
        "the KMS key (output `Key`)": {("key", check.key)},
        "secrets `calendly/accounts/*` of accounts that were not disconnected": {
            ("secret", "calendly/accounts/support")
        },
        "the bucket of exports, the bucket of deliveries": {
            ("bucket", made["ExportBucket"]),
            ("bucket", made["DeliveryBucket"]),
        },
        "the API's logging role and setting, if `ApiGatewayLogging=create`": {
            ("role", role),
            ("logging setting", f"arn:aws:iam::{ACCOUNT}:role/{role}"),
        },
        "the OAuth application at Calendly": set(),
        "SAM's bucket of artefacts": {("bucket", artefacts)},
    }
    unknown = set(rows) ^ set(what_stays())
    expect(not unknown, f"the rows in docs/operating.md are not those that are looked for: {sorted(unknown)}")
    return {each for row in rows.values() for each in row}


def redeploy(check: Check) -> str:
    """Under the same name, with the key from before; the account whose secret was left connects again."""
    expect(check.account("support"), "the account's secret is gone")
    key = _key_of(check)
    expect(key == check.key, f"the key found by its description is {key}, and was {check.key}")
    check.parameters = {name: check.parameters[name] for name in ("CalendlyApiUrl", "CalendlyAuthUrl")}
    check.deploy(KeyArn=key)
    check.deploy(PublicUrl=check.stack.url)
    check.store_application()
    expect(check.stack.call("GET", "/accounts").json["accounts"] == [], "the new table knows an account")
    before = check.account("support")
    expect(check.try_to_connect("support", 0).status_code == 409, "another user took over the name")
    expect(check.account("support") == before, "a connect that was refused changed the secret")
    check.connect("support", 1)
    expect(check.account("support")["refresh_token"] != before["refresh_token"], "the old secret was not replaced")
    check.connect("sales", 0)
    secrets = check.emulator.client("secretsmanager")
    secrets.delete_secret(SecretId="calendly/accounts/support", RecoveryWindowInDays=7)
    check.connect("support", 1)
    for account in ("sales", "support"):
        answer = check.stack.call("GET", f"/accounts/{account}/users/me")
        expect(answer.status == 200, f"{account} answered {answer.status}: {answer.text[:300]}")
    return "support with its old secret, sales after a disconnect, support with a deleted secret: each connects"


def _key_of(check: Check) -> str:
    """The key that a deleted stack left, found as docs/operating.md says."""
    kms = check.emulator.client("kms")
    keys = [kms.describe_key(KeyId=each["KeyId"])["KeyMetadata"] for each in kms.list_keys()["Keys"]]
    return next(each["Arn"] for each in keys if each["Description"].endswith(f"tokens of {check.stack.name}"))


def failed_deployment(check: Check) -> str:
    """A first deployment that fails when everything else is made: a condition that nobody meets."""
    before = look(check.emulator)
    document = yaml_parse(check.copy.read_text())
    retained = [name for name, each in source()["Resources"].items() if "Retain" in each.get("DeletionPolicy", "")]
    document["Resources"]["Never"] = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    document["Resources"]["NeverMet"] = {
        "Type": "AWS::CloudFormation::WaitCondition",
        "DependsOn": [name for name in retained if name in document["Resources"]],
        "Properties": {"Handle": {"Ref": "Never"}, "Timeout": "1"},
    }
    template = check.copy.with_name("fails.yaml")
    template.write_text(yaml_dump(document))
    failing = Stack(check.emulator, "unfinished")
    try:
        failing.deploy(template, {"ApiGatewayLogging": "create"})
    except SamFailedError:
        expect(failing.status == "ROLLBACK_COMPLETE", f"the stack is {failing.status}")
    else:
        expect(False, "the deployment did not fail")
    left = {kind for kind, _ in look(check.emulator) - before}
    expect(left == {"role", "logging setting"}, f"what is left is {left}")
    failing.delete()
    return f"of {len(retained)} retained resources the API's logging role and setting are left, which every API uses"


def agents(check: Check) -> str:
    """The stack of docs/agents.md, beside the first."""
    built = build(WORK / "agents", host=True, template="agents.yaml")
    said = copy_for_emulator(built, built.with_name("emulator.yaml"))
    beside = Stack(check.emulator, "calendly-agents")
    beside.deploy(built.with_name("emulator.yaml"), {"ActionsStack": check.stack.name, "Account": "sales"})
    expect(beside.status == "CREATE_COMPLETE", f"the stack is {beside.status}")
    count = len(beside.resources)
    beside.delete()
    return "\n".join([f"{count} resources, deployed and deleted", *said])
