import { defineStack, secret, secretCommand, secretEnv } from "vigie";

export default defineStack({
  notify: {
    receivers: {
      chat: [
        { kind: "slack", url: secret("https://hooks.slack.example/services/T0/B0/not-to-be-shown") },
        { kind: "telegram", token: secretEnv("123456:not-to-be-shown"), chatId: "@alerts" },
        { kind: "discord", url: secretCommand() },
        { kind: "teams", url: secret("teams-url"), urlFile: "secrets/teams" },
      ],
    },
    receiver: "chat",
  },
});
