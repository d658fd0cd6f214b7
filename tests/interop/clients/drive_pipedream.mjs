// Every action and every source of Pipedream's component. The harness stands in for the program that runs components.
import { booking, eventOf, home, last, operation, SANDBOX, TOKEN, uri } from "./harness.mjs";

const base = `${home}/@pipedream/calendly_v2`;
const load = async (path) => (await import(`${base}/${path}`)).default;
const app = await load("calendly_v2.app.mjs");
const calendly = { ...app.methods, _baseUri: () => SANDBOX, $auth: { oauth_access_token: TOKEN } };
const $ = { export() {} };
console.debug = () => {};

const act = (name, props) => operation(name, async () => {
  const action = await load(`actions/${name}/${name}.mjs`);
  return action.run.call({ ...action.methods, calendly, app: calendly, ...props }, { $ });
});

const invitee = await booking();
const event = last(eventOf(invitee));
const [me, organization, eventType] = ["users", "organizations", "event_types"].map((kind) => uri(kind));

await act("list-event-types", { paginate: true, maxResults: 30 });
await act("list-events", { organization, status: "active", paginate: true, maxResults: 40 });
await act("get-event", { eventId: event });
await act("list-event-invitees", { eventId: event, status: "active", paginate: true });
await act("get-invitee", { eventUuid: event, inviteeUuid: last(invitee) });
await act("list-groups", { organization, paginate: true });
await act("list-organization-members", { organization, paginate: true });
await act("list-user-availability-schedules", { user: last(me) });
await act("list-webhook-subscriptions", { scope: "user", organizationUri: organization, userUri: me });
await act("create-scheduling-link", { owner: last(eventType), maxEventCount: 1 });
await act("create-invitee-no-show", { inviteeUri: invitee });
await act("cancel-event", { eventUuid: last(eventOf(await booking())), reason: "Ill" });

for (const name of ["invitee-created", "invitee-canceled", "routing-form-submission-created"]) {
  const source = await load(`sources/${name}/${name}.mjs`);
  const kept = new Map();
  const db = { get: (key) => kept.get(key), set: (key, value) => kept.set(key, value) };
  const http = { endpoint: `https://example.com/${name}` };
  const self = { ...source.methods, app: calendly, db, http, scope: "organization" };
  await operation(`source ${name}: activate`, () => source.hooks.activate.call(self));
  await operation(`source ${name}: deactivate`, () => source.hooks.deactivate.call(self));
}
const polled = await load("sources/new-event-scheduled/new-event-scheduled.mjs");
const noted = new Map();
const store = { get: (key) => noted.get(key), set: (key, value) => noted.set(key, value) };
// Pipedream binds the methods of a component to it.
const self = { app: calendly, db: store, scope: "authenticatedUser", $emit() {} };
for (const [name, method] of Object.entries(polled.methods)) self[name] = method.bind(self);
await operation("source new-event-scheduled: run", () => polled.run.call(self));
process.exit(0);
