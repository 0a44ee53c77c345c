import { defineStack } from "vigie";

export default defineStack({
  tls: { mode: "files", certificate: "parts/stack.ts", key: "parts/expired_certificate.pem" },
});
