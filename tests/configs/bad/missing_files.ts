import { defineStack } from "vigie";

export default defineStack({
  jobs: [{ name: "api", files: ["no_such_directory/*.json"] }],
  notify: {
    receivers: {
      chat: [{ kind: "slack", urlFile: "no_such_secret" }],
      mail: [{
        kind: "email",
        to: "ops@example.org",
        from: "vigie@example.org",
        smarthost: "smtp.example.org:587",
        username: "vigie",
        passwordFile: "parts/empty_secret",
      }],
    },
    receiver: "chat",
  },
  webhook: { heartbeat: { urlFile: "no_such_url" } },
});
