import { defineStack } from "vigie";

// deno-lint-ignore no-explicit-any
const wrong = (value: unknown): any => value;

export default defineStack({
  notify: {
    receivers: { chat: [{ kind: "console" }] },
    receiver: "chat",
    severities: wrong({ criticl: "chat", warning: "Mail!" }),
    teams: { "": "chat", db: wrong(7) },
    quietHours: wrong({
      times: [{ days: "mon-fry", from: "24:00", to: "8:00" }, { day: "sat" }],
      timezone: "europe/paris",
      severities: ["critical"],
    }),
    timing: wrong({ warning: { repeatInterval: "daily", groupBy: [] }, fatal: {} }),
  },
});
