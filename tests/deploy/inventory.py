"""Everything that there is in the AWS account, of the kinds of resources that the stack makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tests.deploy.emulator import Emulator

Inventory = set[tuple[str, str]]
"""Kind and name."""


def look(emulator: Emulator) -> Inventory:
    """What there is now, without what AWS itself makes."""
    return {(kind, name) for kind, names in _KINDS.items() for name in names(emulator.client)}


def _listed(service: str, operation: str, key: str, name: str = "", **arguments: Any) -> Callable[[Any], Iterable[str]]:
    """Names from an operation that lists: the field ``name`` of the entries of ``key``, or the entries themselves."""

    def names(client: Any) -> list[str]:
        used = client(service)
        if used.can_paginate(operation):
            entries = used.get_paginator(operation).paginate(**arguments).build_full_result().get(key, ())
        else:
            entries = getattr(used, operation)(**arguments).get(key, ())
        return [str(each[name] if name else each) for each in entries]

    return names


def _but(names: Callable[[Any], Iterable[str]], *made_by_aws: str) -> Callable[[Any], Iterable[str]]:
    return lambda client: [each for each in names(client) if not each.startswith(made_by_aws)]


def _keys(client: Any) -> list[str]:
    """Keys of the account that are not about to be deleted."""
    kms = client("kms")
    found = [kms.describe_key(KeyId=each["KeyId"])["KeyMetadata"] for each in kms.list_keys()["Keys"]]
    return [each["Arn"] for each in found if each["KeyManager"] == "CUSTOMER" and not each.get("DeletionDate")]


def _logging_role(client: Any) -> list[str]:
    """The role of the account's APIs."""
    role = client("apigateway").get_account().get("cloudwatchRoleArn")
    return [role] if role else []


_KINDS: dict[str, Callable[[Any], Iterable[str]]] = {
    "alarm": _listed("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    "alias": _but(_listed("kms", "list_aliases", "Aliases", "AliasName"), "alias/aws/"),
    "API": _listed("apigateway", "get_rest_apis", "items", "id"),
    "bucket": _listed("s3", "list_buckets", "Buckets", "Name"),
    "bus": _but(_listed("events", "list_event_buses", "EventBuses", "Name"), "default"),
    "dashboard": _listed("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    "function": _listed("lambda", "list_functions", "Functions", "FunctionName"),
    "key": _keys,
    "layer": _listed("lambda", "list_layers", "Layers", "LayerName"),
    "log group": _listed("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "logging setting": _logging_role,
    "parameter": _listed("ssm", "describe_parameters", "Parameters", "Name"),
    "policy": _listed("iam", "list_policies", "Policies", "PolicyName", Scope="Local"),
    "queue": _listed("sqs", "list_queues", "QueueUrls"),
    "role": _listed("iam", "list_roles", "Roles", "RoleName"),
    "rule": _listed("events", "list_rules", "Rules", "Name"),
    "schedule": _listed("scheduler", "list_schedules", "Schedules", "Name"),
    "schedule group": _but(_listed("scheduler", "list_schedule_groups", "ScheduleGroups", "Name"), "default"),
    "secret": _listed("secretsmanager", "list_secrets", "SecretList", "Name"),
    "state machine": _listed("stepfunctions", "list_state_machines", "stateMachines", "name"),
    "table": _listed("dynamodb", "list_tables", "TableNames"),
    "topic": _listed("sns", "list_topics", "Topics", "TopicArn"),
}
