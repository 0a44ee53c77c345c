import { defineStack } from "vigie";

export default defineStack({
  notify: {
    receivers: {
      console: [{ kind: "console", fallback: "console" }],
      oncall: [
        { kind: "teams", urlFile: "url", fallback: "mial" },
        { kind: "discord", urlFile: "url", fallback: "oncall" },
        { kind: "discord", urlFile: "url", fallback: "deaf" },
        { kind: "ntfy", topic: "a", name: "oncall-teams" },
        { kind: "ntfy", topic: "b", name: "mail" },
        { kind: "ntfy", topic: "c", fallback: "nobody at all" },
      ],
      mail: [{ kind: "email", to: "ops@example.org", from: "vigie@example.org", smarthost: "localhost:25" }],
      deaf: [{ kind: "slack", via: "alertmanager", urlFile: "url" }],
    },
  },
  webhook: { watchdog: { receiver: "deaf", within: "30s" } },
});
