import { defineStack, secret } from "vigie";

export default defineStack({
  tls: { mode: "files", certificate: "no_such_certificate.pem", key: secret("no-such-key") },
});
