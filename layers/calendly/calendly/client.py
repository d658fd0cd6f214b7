"""The Calendly client: operations by resource, ``calendly.scheduled_events.retrieve(...)``."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from calendly.api import Api

if TYPE_CHECKING:
    from calendly.availability import UserAvailabilitySchedules, UserBusyTimes
    from calendly.event_type_availability_schedules import EventTypeAvailabilitySchedules
    from calendly.event_type_available_times import EventTypeAvailableTimes
    from calendly.event_type_memberships import EventTypeMemberships
    from calendly.event_types import EventTypes
    from calendly.groups import GroupRelationships, Groups
    from calendly.invitee_no_shows import InviteeNoShows
    from calendly.invitees import Invitees
    from calendly.locations import Locations
    from calendly.one_off_event_types import OneOffEventTypes
    from calendly.organizations import OrganizationMemberships
    from calendly.scheduled_events import ScheduledEvents
    from calendly.scheduling_links import SchedulingLinks
    from calendly.shares import Shares
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
    def one_off_event_types(self) -> OneOffEventTypes:
        from calendly.one_off_event_types import OneOffEventTypes

        return OneOffEventTypes(self.api)

    @cached_property
    def organization_memberships(self) -> OrganizationMemberships:
        from calendly.organizations import OrganizationMemberships

        return OrganizationMemberships(self.api)

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
