import { equal } from "node:assert/strict";
import fc from "fast-check";
import { safeReturn } from "./return_to.ts";
import { ENTRY, SETTINGS } from "./testing.ts";

const HOSTS = { webhook: "https://stack.example.org", prometheus: "https://prometheus.stack.example.org" };

Deno.test("safeReturn keeps what is the stack's own", () => {
  for (const to of ["/", "/prometheus/graph?g0.expr=up&x=1#a", "/runbooks/A%20b"]) {
    equal(safeReturn(to, SETTINGS.urls), to);
  }
  equal(safeReturn(`${ENTRY}/prometheus/graph`, SETTINGS.urls), "/prometheus/graph");
  const there = "https://prometheus.stack.example.org/graph?x=1";
  equal(safeReturn(there, HOSTS), there);
});

Deno.test("safeReturn leads home from everything else", () => {
  for (
    const to of [
      ...[
        "",
        null,
        undefined,
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
      ],
      ...[
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "javascript:alert(1)",
      ],
      ...["data:text/html,x", "/.//evil.example", "/..//evil.example", "https:evil.example", "evil.example"],
      ...["https://stack.example.org:8443@evil.example/", "https://x@stack.example.org:8443/", "/a b"],
      ...[
        "http://stack.example.org:8443/",
        "https://stack.example.org/",
        "/sign-on",
        "/sign-on/openid?to=/x",
      ],
      ...["/x\r\nset-cookie: a=b", `/${"x".repeat(3_000)}`, "https://stack.example.org:8443//evil.example"],
    ]
  ) {
    equal(safeReturn(to, SETTINGS.urls), "/", JSON.stringify(to));
  }
  equal(safeReturn("https://stack.example.org.evil.example/", HOSTS), "/");
});

Deno.test("safeReturn never leaves the stack, whatever it is given", () => {
  const pieces = fc.constantFrom(
    "/",
    "\\",
    "//",
    "evil.example",
    "https:",
    "@",
    ".",
    "..",
    "%2f",
    "\t",
    "?",
    "#",
    ":",
    "a",
  );
  fc.assert(fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
    const url = new URL(safeReturn(parts.join(""), SETTINGS.urls), ENTRY);
    equal(url.origin, ENTRY);
  }));
});
