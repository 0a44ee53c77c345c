import { defineStack } from "vigie";

export default defineStack({
  tls: { mode: "files", certificate: "parts/expired_certificate.pem", key: "parts/no_key.pem" },
  entry: { name: "monitoring.example.org" },
});
