import assert from "node:assert/strict";
import type * as z from "zod";
import { address, duration, httpUrl, labels, name, port, size } from "./schema.ts";

function assertTakes(schema: z.ZodType, good: readonly unknown[], bad: readonly unknown[]): void {
  for (const value of good) {
    assert.ok(schema.safeParse(value).success, `${JSON.stringify(value)} was refused`);
  }
  for (const value of bad) {
    const { success, error } = schema.safeParse(value);
    assert.ok(!success, `${JSON.stringify(value)} was taken`);
    for (const { message } of error!.issues) assert.match(message, /^expected |^Invalid key/);
  }
}

Deno.test("duration takes a Prometheus duration above zero", () => {
  assertTakes(duration, ["15s", "1h30m"], ["0s", "", "15", 15, null]);
});

Deno.test("size takes a Prometheus size above zero", () => {
  assertTakes(size, ["5GB", "0.5TB"], ["0B", "5G", 5]);
});

Deno.test("port takes a TCP port", () => {
  assertTakes(port, [1, 65_535], [0, 65_536, 80.5, "80", NaN]);
});

Deno.test("name takes what is safe as a file name, a label and a container name", () => {
  assertTakes(name, ["a", "web-1", "0_x"], ["", "Web", "-a", "a/b", "..", "a b", "a".repeat(64)]);
});

Deno.test("address takes a host with or without a port", () => {
  const good = ["h", "web-1.example.org", "10.0.0.7:9100", "[fd00::7]", "[fd00::7]:65535"];
  assertTakes(address, good, [
    "",
    ":80",
    "a:",
    "a:0",
    "a:65536",
    "a:080",
    "http://a",
    "a/b",
    "fd00::7",
    "-a",
    "a b",
    7,
  ]);
});

Deno.test("labels takes names that Prometheus leaves to its users", () => {
  assertTakes(labels, [{}, { team: "web", _x9: "" }], [{ "a-b": "" }, { "9a": "" }, { __name__: "a" }, {
    a: 1,
  }]);
});

Deno.test("httpUrl takes http and https only", () => {
  assertTakes(httpUrl, ["http://a", "https://example.org/x?y=1"], [
    "ftp://a",
    "example.org",
    "javascript:alert(1)",
    1,
  ]);
});
