"""Alarms on deliveries: one for each way to lose a signed one, at once, and none that strangers can keep ringing.

And one on moves of bookings that only a person can finish.
"""

from __future__ import annotations

import pytest

from tests.unit.test_architecture import RESOURCES

ALARMS = {
    properties["MetricName"]: properties
    for resource in RESOURCES.values()
    if resource["Type"] == "AWS::CloudWatch::Alarm" and (properties := resource["Properties"])
}
LOST = (
    "FailedBusUnavailableError",
    "FailedStorageUnavailableError",
    "FailedUnknownCreatorError",
    "WebhooksUndecided",
    "WebhooksNotUnderstood",
    "WebhooksStale",
    "WebhooksUnexpected",
    "SubscriptionsFailing",
    "SubscriptionsDisabled",
    "SubscriptionsUnseen",
    "ReschedulesUnfinished",
)


@pytest.mark.parametrize("metric", LOST)
def test_once_is_enough(metric: str) -> None:
    alarm = ALARMS[metric]
    assert (alarm["EvaluationPeriods"], alarm["Threshold"]) == (1, 0)
    assert alarm["ComparisonOperator"] == "GreaterThanThreshold"


@pytest.mark.parametrize(
    "metric", ["FailedForgedDeliveryError", "FailedStaleDeliveryError", "FailedNotFoundError", "FailedGoneAccountError"]
)
def test_what_strangers_can_send_alarms_on_nothing(metric: str) -> None:
    assert metric not in ALARMS


def test_a_function_that_dies_is_noticed() -> None:
    watched = [
        resource["Properties"]["Dimensions"][0]["Value"]["Ref"]
        for resource in RESOURCES.values()
        if resource["Type"] == "AWS::CloudWatch::Alarm" and resource["Properties"]["MetricName"] == "Errors"
    ]
    assert sorted(watched) == ["FinishReschedules", "HealSubscriptions", "ReceiveWebhook"]
