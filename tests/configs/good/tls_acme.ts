/** Certificates by ACME, of an authority of one's own. */
import { defineStack } from "vigie";

export default defineStack({
  bind: "0.0.0.0",
  tls: {
    mode: "acme",
    email: "ops@example.org",
    directory: "https://ca.example.org/acme/directory",
    root: "secrets/directory_ca",
  },
  entry: { name: "monitoring.example.org" },
});
