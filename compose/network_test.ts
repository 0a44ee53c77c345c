import assert from "node:assert/strict";
import { bridgeOf, builtImage, gatewayOf, overlaps } from "./network.ts";

Deno.test("gatewayOf gives the first address of the subnet", () => {
  assert.equal(gatewayOf("172.31.94.0/24"), "172.31.94.1");
  assert.equal(gatewayOf("172.31.94.77/24"), "172.31.94.1");
  assert.equal(gatewayOf("10.0.0.128/25"), "10.0.0.129");
  assert.equal(gatewayOf("192.168.255.254/16"), "192.168.0.1");
  assert.equal(gatewayOf("224.0.0.0/4"), "224.0.0.1");
});

Deno.test("overlaps tells subnets that share an address", () => {
  assert.equal(overlaps("172.31.94.0/24", "172.31.94.128/25"), true);
  assert.equal(overlaps("172.31.94.128/25", "172.31.94.0/24"), true);
  assert.equal(overlaps("10.0.0.0/8", "10.255.0.0/16"), true);
  assert.equal(overlaps("172.31.94.0/24", "172.31.95.0/24"), false);
  assert.equal(overlaps("172.31.94.0/25", "172.31.94.128/25"), false);
});

Deno.test("bridgeOf gives a name that the kernel takes, another one for each stack", () => {
  assert.equal(bridgeOf("vigie"), "br-vigie");
  assert.equal(bridgeOf("a".repeat(12)), `br-${"a".repeat(12)}`);
  const long = ["production-paris-1", "production-paris-2"].map(bridgeOf);
  for (const name of long) assert.match(name, /^br-produ-[0-9a-f]{6}$/);
  assert.notEqual(long[0], long[1]);
});

Deno.test("builtImage gives a name that Docker takes, another one for each stack", () => {
  assert.equal(builtImage("vigie", "webhook", "local"), "localhost/vigie-webhook:local");
  const strange = ["a_b", "a-b", "a--b", "a_-b_", "b-"].map((stack) => builtImage(stack, "webhook", "local"));
  assert.equal(new Set(strange).size, strange.length);
  // Source: distribution/reference, path-component.
  for (const name of strange) assert.match(name, /^localhost\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*:local$/);
});
