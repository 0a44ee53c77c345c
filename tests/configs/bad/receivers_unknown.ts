import { defineStack } from "vigie";

export default defineStack({
  notify: {
    receivers: { console: [{ kind: "console" }], oncall: [{ kind: "console" }], drill: [{ kind: "console" }] },
    receiver: "consol",
    routes: [{ matchers: ['severity="critical"'], receiver: "on-call" }, { matchers: ['team="web"'], receiver: "web" }],
  },
});
