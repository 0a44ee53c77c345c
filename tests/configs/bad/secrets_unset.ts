import { defineStack, secret, secretEnv, secretFile } from "vigie";

export default defineStack({
  notify: {
    receivers: {
      chat: [
        { kind: "slack", url: secret("slack-url") },
        { kind: "telegram", token: secretEnv("VIGIE_TEST_UNSET"), chatId: "@alerts" },
        { kind: "discord", url: secretFile("secrets/discord") },
      ],
    },
    receiver: "chat",
  },
  grafana: { adminPassword: secret("grafana-password") },
});
