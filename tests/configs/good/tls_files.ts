/** A certificate of one's own, whose key comes from a password manager. */
import { defineStack, secretCommand } from "vigie";

export default defineStack({
  bind: "0.0.0.0",
  tls: {
    mode: "files",
    certificate: "secrets/directory_ca",
    key: secretCommand("pass", "show", "vigie/tls-key"),
  },
  entry: { name: "directory.example.org" },
});
