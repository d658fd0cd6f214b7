// Everything that node-calendly offers.
import { booking, client, eventOf, inDays, last, operation, redirect, TOKEN, uri } from "./harness.mjs";

redirect();
const Calendly = client("node-calendly").default;
const calendly = new Calendly(TOKEN);
const event = last(eventOf(await booking()));
const me = uri("users");

await operation("getMe", () => calendly.getMe());
await operation("getOrganizationUri", () => calendly.getOrganizationUri());
await operation("users.getCurrentUser", () => calendly.users.getCurrentUser());
await operation("users.getUser", () => calendly.users.getUser({ uuid: last(me) }));
await operation("activityLog.listActivityLogEntries", () =>
  calendly.activityLog.listActivityLogEntries({ min_occurred_at: inDays(-30), sort: "occurred_at:desc" }));
await operation("dataCompliance.deleteInviteeData", () => calendly.dataCompliance.deleteInviteeData(["a@example.com"]));
await operation("eventTypes.listUsersEventTypes", () => calendly.eventTypes.listUsersEventTypes({ active: true }));
await operation("eventTypes.listOrganisationEventTypes", () =>
  calendly.eventTypes.listOrganisationEventTypes({ count: 5, sort: "name:asc" }));
await operation("eventTypes.getEventType", () => calendly.eventTypes.getEventType({ uuid: last(uri("event_types")) }));
await operation("eventTypes.listEventAvailableTimes", () =>
  calendly.eventTypes.listEventAvailableTimes({
    event_type: uri("event_types"), start_time: inDays(1), end_time: inDays(6),
  }));
await operation("scheduledEvents.listEvents", () =>
  calendly.scheduledEvents.listEvents({ user: me, min_start_time: inDays(-30), status: "active" }));
await operation("scheduledEvents.listEventInvitees", () =>
  calendly.scheduledEvents.listEventInvitees(event, { count: 5, status: "active" }));
