// Both versions of n8n's trigger. The harness stands in for n8n: it keeps the parameters and sends the requests.
import Module from "node:module";
import { home, operation, redirect, TOKEN } from "./harness.mjs";

redirect();
const load = Module._load;
Module._load = function (name, ...rest) {
  if (name !== "n8n-workflow") return load.call(this, name, ...rest);
  return new Proxy({ NodeConnectionTypes: { Main: "main" }, NodeOperationError: Error, NodeApiError: Error }, {
    get: (known, key) => known[key] ?? class {},
  });
};
const require = Module.createRequire(`${home}/n8n-nodes-base/package.json`);

const context = (parameters) => {
  const data = {};
  return {
    getNodeWebhookUrl: () => "https://example.com/n8n",
    getWorkflowStaticData: () => data,
    getNodeParameter: (name) => parameters[name],
    getNode: () => ({}),
    helpers: {
      async requestWithAuthentication(_, { method, uri, qs = {}, body, headers }) {
        const query = new URLSearchParams(qs);
        const answer = await fetch(`${uri}${query.size ? `?${query}` : ""}`, {
          method, headers: { ...headers, Authorization: `Bearer ${TOKEN}` }, body: body && JSON.stringify(body),
        });
        const text = await answer.text();
        if (!answer.ok) throw new Error(`${answer.status} ${text}`);
        return text ? JSON.parse(text) : undefined;
      },
    },
  };
};

const must = async (wanted, result) => {
  const found = await result;
  if (found !== wanted) throw new Error(`answered ${found} instead of ${wanted}`);
};

for (const version of ["1", "2"]) {
  const name = `CalendlyTriggerV${version}`;
  const Trigger = require(`./dist/nodes/Calendly/v${version}/${name}.node.js`)[name];
  const { checkExists, create, delete: remove } = new Trigger({}).webhookMethods.default;
  for (const scope of ["user", "organization"]) {
    const events = ["invitee.created", "invitee.canceled"];
    const self = context({ authentication: "oAuth2", scope, events });
    const title = `version ${version}, ${scope}`;
    await operation(`${title}: create`, () => must(true, create.call(self)));
    await operation(`${title}: checkExists`, () => must(true, checkExists.call(self)));
    await operation(`${title}: delete`, () => must(true, remove.call(self)));
    await operation(`${title}: checkExists, without one`, () => must(false, checkExists.call(self)));
  }
}
