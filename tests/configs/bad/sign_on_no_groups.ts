import { defineStack } from "vigie";

export default defineStack({
  tls: { mode: "internal" },
  services: { grafana: false },
  signOn: { openId: { issuer: "https://login.example.org", clientId: "vigie" } },
});
