import { defineStack } from "vigie";

export default defineStack({
  notify: {
    receivers: {
      chat: [{ kind: "slack", url: "https://hooks.slack.example/services/T0/B0/not-to-be-shown" } as never],
    },
    receiver: "chat",
  },
});
