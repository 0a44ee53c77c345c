import { equal } from "node:assert/strict";
import { isKnownHost, isLoopback } from "./host.ts";

Deno.test("isKnownHost knows this machine, addresses and the names that it is given, and no other", () => {
  const known = ["Monitor.example."];
  for (
    const host of [
      "localhost:9094",
      "127.0.0.1:9094",
      "[::1]:9094",
      "10.0.0.7",
      "a.localhost",
      "monitor.example",
      "MONITOR.example:8443",
      "monitor.example.",
    ]
  ) equal(isKnownHost(host, known), true, host);
  for (
    const host of [
      undefined,
      "",
      "evil.example",
      "evil.monitor.example",
      "monitor.example.evil.test",
      "localhost.evil.test",
      "monitor.example@evil.test",
      "127.0.0.1.evil.test",
      "a b",
      "monitor.example/x",
    ]
  ) equal(isKnownHost(host, known), false, String(host));
});

Deno.test("isLoopback is true of this machine's own addresses", () => {
  for (const hostname of ["127.0.0.1", "127.1.2.3", "localhost", "::1"]) equal(isLoopback(hostname), true);
  for (const hostname of ["0.0.0.0", "::", "10.0.0.1", "example.org"]) equal(isLoopback(hostname), false);
});
