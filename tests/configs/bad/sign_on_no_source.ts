import { defineStack } from "vigie";

export default defineStack({
  tls: { mode: "internal" },
  signOn: { roles: { admin: ["sre"] } },
});
