// What the drivers of JavaScript clients share: `redirect` changes the host of fetch, `operation` runs one operation.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const { SANDBOX, TOKEN, CLIENT_HOME } = process.env;
export { SANDBOX, TOKEN };
export const client = createRequire(pathToFileURL(`${CLIENT_HOME}/package.json`));
export const home = `${CLIENT_HOME}/node_modules`;
export const statuses = [];

const plainly = globalThis.fetch;
const here = (url) => String(url).replace(/^https:\/\/api\.calendly\.com/, SANDBOX);

export const redirect = () => {
  globalThis.fetch = async (url, how) => {
    const answer = await plainly(here(url), how);
    statuses.push(answer.status);
    return answer;
  };
};

export const control = async (name, document) => {
  const how = document ? { method: "POST", body: JSON.stringify(document) } : {};
  return (await plainly(`${SANDBOX}/_sandbox/${name}`, how)).json();
};

const { seeded } = await control("state");
export const uri = (kind, number = 0) => seeded[kind][number];
export const last = (text) => text.split("/").pop();
export const booking = async () => (await control("bookings", {})).invitees[0];
export const eventOf = (invitee) => invitee.split("/invitees/")[0];
export const inDays = (days) => new Date(Date.now() + days * 86_400_000);

// It works if it throws nothing and was answered with success alone.
export const operation = async (name, call, known = "") => {
  statuses.length = 0;
  let found;
  let why = "";
  try {
    found = await call();
  } catch (error) {
    why = `${error.name}: ${error.message}`;
  }
  if (!why && !statuses.length) why = "it sent no request";
  if (!why && Math.max(...statuses) >= 400) why = `answered ${Math.max(...statuses)}`;
  console.log(`INTEROP ${JSON.stringify({ operation: name, why: why.slice(0, 300), known })}`);
  return found;
};

// Clients that use Node's http report here.
import("node:diagnostics_channel").then(({ subscribe }) =>
  subscribe("http.client.response.finish", ({ response }) => statuses.push(response.statusCode)));
