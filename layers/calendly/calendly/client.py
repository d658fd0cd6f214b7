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
    from calendly.event_type_availability_schedules import EventTypeAvailabilitySchedules
    from calendly.event_type_available_times import EventTypeAvailableTimes
    from calendly.event_type_memberships import EventTypeMemberships
    from calendly.event_types import EventTypes
    from calendly.groups import GroupRelationships, Groups
    from calendly.invitee_no_shows import InviteeNoShows
    from calendly.invitees import Invitees
    from calendly.locations import Locations
    from calendly.meeting_recaps import MeetingRecaps
    from calendly.notes import Notes
    from calendly.one_off_event_types import OneOffEventTypes
    from calendly.organizations import OrganizationInvitations, OrganizationMemberships, Organizations
    from calendly.outgoing_communications import OutgoingCommunications
    from calendly.routing_forms import RoutingForms, RoutingFormSubmissions
    from calendly.scheduled_events import ScheduledEvents
    from calendly.scheduling_links import SchedulingLinks
    from calendly.shares import Shares
    from calendly.teams import Teams
    from calendly.user_meeting_limits import MeetingLimits
    from calendly.users import Users
    from calendly.webhook_subscriptions import WebhookSubscriptions


class Calendly:
    """Calendly's resources, as one account sees them.

    Each module is imported when its resource is first used, so a cold start only imports what the action needs.

    Args:
        api: the account's access.
    """

    def __init__(self, api: Api) -> None:
        self.api = api

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
    def event_type_availability_schedules(self) -> EventTypeAvailabilitySchedules:
        from calendly.event_type_availability_schedules import EventTypeAvailabilitySchedules

        return EventTypeAvailabilitySchedules(self.api)

    @cached_property
    def event_type_available_times(self) -> EventTypeAvailableTimes:
        from calendly.event_type_available_times import EventTypeAvailableTimes

        return EventTypeAvailableTimes(self.api)

    @cached_property
    def event_type_memberships(self) -> EventTypeMemberships:
        from calendly.event_type_memberships import EventTypeMemberships

        return EventTypeMemberships(self.api)

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
    def invitee_no_shows(self) -> InviteeNoShows:
        from calendly.invitee_no_shows import InviteeNoShows

        return InviteeNoShows(self.api)

    @cached_property
    def invitees(self) -> Invitees:
        from calendly.invitees import Invitees

        return Invitees(self.api)

    @cached_property
    def locations(self) -> Locations:
        from calendly.locations import Locations

        return Locations(self.api)

    @cached_property
    def meeting_recaps(self) -> MeetingRecaps:
        from calendly.meeting_recaps import MeetingRecaps

        return MeetingRecaps(self.api)

    @cached_property
    def notes(self) -> Notes:
        from calendly.notes import Notes

        return Notes(self.api)

    @cached_property
    def one_off_event_types(self) -> OneOffEventTypes:
        from calendly.one_off_event_types import OneOffEventTypes

        return OneOffEventTypes(self.api)

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
    def shares(self) -> Shares:
        from calendly.shares import Shares

        return Shares(self.api)

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
    def user_meeting_limits(self) -> MeetingLimits:
        from calendly.user_meeting_limits import MeetingLimits

        return MeetingLimits(self.api)

    @cached_property
    def users(self) -> Users:
        from calendly.users import Users

        return Users(self.api)

    @cached_property
    def webhook_subscriptions(self) -> WebhookSubscriptions:
        from calendly.webhook_subscriptions import WebhookSubscriptions

        return WebhookSubscriptions(self.api)

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


def _of_any_endpoint(method: str, path: str) -> Operation:
    """An endpoint that is not known: nobody can say that a failed write left nothing behind."""
    writes = method != "GET"
    return Operation(method, path, write=writes, repeatable=method == "DELETE", may_act_on_failure=writes)
