import { defineStack } from "vigie";

// deno-lint-ignore no-explicit-any
const wrong = (value: unknown): any => value;

export default defineStack({
  probes: [
    { name: "site", kind: wrong("htp"), target: "https://example.org/" },
    wrong({ name: "mail", target: "10.0.0.7:25" }),
    { name: "shop", kind: "http", target: "example.org", status: [20], tls: true },
    { name: "zone", kind: "dns", target: "10.0.0.2", query: "example.org", type: wrong("AAA") },
    wrong("https://example.org/"),
  ],
});
