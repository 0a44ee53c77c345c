import { defineStack } from "vigie";

export default defineStack({
  tls: { mode: "acme", email: "ops", directory: "acme.example.org" },
  entry: { name: "https://vigie.example.org", layout: "path" },
});
