import { defineStack } from "vigie";

// deno-lint-ignore no-explicit-any
const wrong = (value: unknown): any => value;

export default defineStack({
  notify: {
    receivers: {
      console: [{ kind: "console" }],
      oncall: [
        { kind: "slack" },
        { kind: "slack", urlFile: "url", tokenFile: "token" },
        { kind: "slack", urlFile: "url", channel: "#alerts" },
        { kind: "slack", via: "alertmanager", urlFile: "url", maxAge: "1h", fallback: "console", templates: { title: "x" } },
        { kind: "slack", via: "alertmanager", tokenFile: "token", channel: "#alerts" },
        { kind: "slack", via: wrong("alert-manager"), urlFile: "url" },
        wrong({ kind: "discord", via: "alertmanager", urlFile: "url" }),
        wrong({ kind: "telegram", token: "123:made-up", chatId: "@alerts" }),
        { kind: "ntfy", topic: "a b", server: "ntfy.sh", username: "me" },
        { kind: "pagerduty", routingKeyFile: "key", maxAge: "soon", name: "Night Shift" },
        { kind: "webhook", urlFile: "url", previousSecretFile: "secret" },
      ],
    },
  },
});
