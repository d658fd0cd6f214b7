"""The Calendly client: operations by resource, ``calendly.scheduled_events.retrieve(...)``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from calendly.api import Api
from calendly.api import query as to_query
from calendly.references import plain_path
from calendly.responses import unreadable
from calendly.transport import Operation, Response

if TYPE_CHECKING:
    from calendly.activity_log_entries import ActivityLogEntries
    from calendly.availability import UserAvailabilitySchedules, UserBusyTimes
    from calendly.contact_lists import ContactLists
    from calendly.contacts import ContactCustomFieldDefinitions, Contacts
    from calendly.data_compliance import DataCompliance
    from calendly.event_types import EventTypes
    from calendly.groups import GroupRelationships, Groups
    from calendly.invitees import Invitees
    from calendly.meeting_recaps import MeetingRecaps
    from calendly.notes import Notes
    from calendly.organizations import OrganizationInvitations, OrganizationMemberships, Organizations
    from calendly.outgoing_communications import OutgoingCommunications
    from calendly.routing_forms import RoutingForms, RoutingFormSubmissions
    from calendly.scheduled_events import ScheduledEvents
    from calendly.scheduling_links import SchedulingLinks
    from calendly.teams import Teams
    from calendly.users import Users
    from calendly.webhook_subscriptions import WebhookSubscriptions


class Calendly:
    """The resources of Calendly as one account sees them.

    Each module is imported when its resource is first used: an action pays at cold start for what it uses alone.

    Args:
        api: the account's access.
    """

    def __init__(self, api: Api) -> None:
        self.api = api

    def call(
        self, method: str, path: str, *, query: Mapping[str, Any] | None = None, body: Mapping[str, Any] | None = None
    ) -> Response:
        """Call any endpoint, also one that this client does not know; any method but GET counts as a write.

        Raises:
            InvalidReferenceError: the path is not a plain one on Calendly's host.
        """
        operation = _of_any_endpoint(method, plain_path(path))
        response = self.api.send(operation, operation.path, params=to_query(query or {}), document=body)
        if response.body is None and not response.empty:
            raise unreadable(operation)
        return response

    @cached_property
    def activity_log_entries(self) -> ActivityLogEntries:
        from calendly.activity_log_entries import ActivityLogEntries

        return ActivityLogEntries(self.api)

    @cached_property
    def contact_custom_field_definitions(self) -> ContactCustomFieldDefinitions:
        from calendly.contacts import ContactCustomFieldDefinitions

        return ContactCustomFieldDefinitions(self.api)

    @cached_property
    def contact_lists(self) -> ContactLists:
        from calendly.contact_lists import ContactLists

        return ContactLists(self.api)

    @cached_property
    def contacts(self) -> Contacts:
        from calendly.contacts import Contacts

        return Contacts(self.api)

    @cached_property
    def data_compliance(self) -> DataCompliance:
        from calendly.data_compliance import DataCompliance

        return DataCompliance(self.api)

    @cached_property
    def event_types(self) -> EventTypes:
        from calendly.event_types import EventTypes

        return EventTypes(self.api)

    @cached_property
    def group_relationships(self) -> GroupRelationships:
        from calendly.groups import GroupRelationships

        return GroupRelationships(self.api)

    @cached_property
    def groups(self) -> Groups:
        from calendly.groups import Groups

        return Groups(self.api)

    @cached_property
    def invitees(self) -> Invitees:
        from calendly.invitees import Invitees

        return Invitees(self.api)

    @cached_property
    def meeting_recaps(self) -> MeetingRecaps:
        from calendly.meeting_recaps import MeetingRecaps

        return MeetingRecaps(self.api)

    @cached_property
    def notes(self) -> Notes:
        from calendly.notes import Notes

        return Notes(self.api)

    @cached_property
    def organization_invitations(self) -> OrganizationInvitations:
        from calendly.organizations import OrganizationInvitations

        return OrganizationInvitations(self.api)

    @cached_property
    def organization_memberships(self) -> OrganizationMemberships:
        from calendly.organizations import OrganizationMemberships

        return OrganizationMemberships(self.api)

    @cached_property
    def organizations(self) -> Organizations:
        from calendly.organizations import Organizations

        return Organizations(self.api)

    @cached_property
    def outgoing_communications(self) -> OutgoingCommunications:
        from calendly.outgoing_communications import OutgoingCommunications

        return OutgoingCommunications(self.api)

    @cached_property
    def routing_form_submissions(self) -> RoutingFormSubmissions:
        from calendly.routing_forms import RoutingFormSubmissions

        return RoutingFormSubmissions(self.api)

    @cached_property
    def routing_forms(self) -> RoutingForms:
        from calendly.routing_forms import RoutingForms

        return RoutingForms(self.api)

    @cached_property
    def scheduled_events(self) -> ScheduledEvents:
        from calendly.scheduled_events import ScheduledEvents

        return ScheduledEvents(self.api)

    @cached_property
    def scheduling_links(self) -> SchedulingLinks:
        from calendly.scheduling_links import SchedulingLinks

        return SchedulingLinks(self.api)

    @cached_property
    def teams(self) -> Teams:
        from calendly.teams import Teams

        return Teams(self.api)

    @cached_property
    def user_availability_schedules(self) -> UserAvailabilitySchedules:
        from calendly.availability import UserAvailabilitySchedules

        return UserAvailabilitySchedules(self.api)

    @cached_property
    def user_busy_times(self) -> UserBusyTimes:
        from calendly.availability import UserBusyTimes

        return UserBusyTimes(self.api)

    @cached_property
    def users(self) -> Users:
        from calendly.users import Users

        return Users(self.api)

    @cached_property
    def webhook_subscriptions(self) -> WebhookSubscriptions:
        from calendly.webhook_subscriptions import WebhookSubscriptions

        return WebhookSubscriptions(self.api)


def _of_any_endpoint(method: str, path: str) -> Operation:
    """Of an endpoint that is not known, nobody can say that a failed write left nothing behind."""
    writes = method != "GET"
    return Operation(method, path, write=writes, repeatable=method == "DELETE", may_act_on_failure=writes)
