import { defineStack } from "vigie";

// deno-lint-ignore no-explicit-any
const wrong = (value: unknown): any => value;

export default defineStack({
  notify: {
    receivers: {
      "On Call": [{ kind: "console" }],
      nobody: [],
      ops: [{ kind: "email", to: "ops", from: "vigie@example.org", smarthost: "smtp.example.org" }, wrong({ kind: "slak" }), wrong({})],
    },
    receiver: "ops",
    routes: [{ matchers: ["severity critical"], receiver: "ops" }, { matchers: [], receiver: "ops" }],
    groupBy: ["alert-name"],
  },
});
