/** Alerts told by severity and by team, with quiet hours, and a way past the webhook. */
import { defineStack } from "vigie";

const chat = { kind: "slack", urlFile: "secrets/slack_url" } as const;

export default defineStack({
  locale: "en",
  hosts: [
    { name: "localhost" },
    { name: "web-1", address: "10.0.0.7:9100" },
    { name: "db-1", address: "10.0.0.8:9100", labels: { team: "db" } },
  ],
  jobs: [{ name: "api", targets: ["10.0.0.7:8000"] }],
  probes: [{ name: "site", kind: "http", target: "https://10.0.0.7/" }],
  notify: {
    receivers: {
      chat: [chat],
      oncall: [
        { ...chat, name: "oncall-chat" },
        { kind: "telegram", tokenFile: "secrets/telegram_token", chatId: 1 },
        { kind: "ntfy", topic: "oncall" },
        { kind: "teams", urlFile: "secrets/teams_url" },
      ],
      dba: [{ ...chat, name: "dba-chat" }],
      independent: [{ kind: "pagerduty", via: "alertmanager", routingKeyFile: "secrets/pagerduty_key" }],
    },
    receiver: "chat",
    severities: { critical: "oncall" },
    teams: { db: "dba" },
    routes: [{ matchers: ['alertname="HostSwapHigh"', 'instance=~"web-.*"'], receiver: "nobody" }],
    bypass: "independent",
    quietHours: {
      times: [{ days: "mon-fri", from: "20:00", to: "08:00" }, { days: "sat,sun" }],
      timezone: "Europe/Paris",
    },
  },
});
