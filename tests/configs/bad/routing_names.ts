import { defineStack } from "vigie";

export default defineStack({
  notify: {
    receivers: {
      chat: [{ kind: "console" }],
      mixed: [
        { kind: "slack", urlFile: "../good/secrets/slack_url" },
        { kind: "slack", name: "second", urlFile: "../good/secrets/slack_url", via: "alertmanager" },
      ],
      nobody: [{ kind: "console", name: "log" }],
    },
    receiver: "chat",
    severities: { critical: "chta", none: "nobody" },
    teams: { db: "dba" },
    bypass: "mixed",
  },
});
