import { equal } from "node:assert/strict";
import { clientOf, createThrottle, LIMITS } from "./throttle.ts";

function atTime() {
  let now = 1_000_000;
  return { throttle: createThrottle(() => now), pass: (ms: number) => void (now += ms) };
}

Deno.test("createThrottle lets a person mistype, then makes them wait, and says for how long", () => {
  const { throttle, pass } = atTime();
  const attempt = { user: "anna", address: "203.0.113.7" };
  for (let i = 0; i < LIMITS.pair.most; i++) equal(throttle.begin(attempt), 0);
  pass(1_000);
  equal(throttle.begin(attempt), 299);
  // However the name is written, and whoever else is not kept out by it.
  equal(throttle.begin({ ...attempt, user: " ANNA" }), 299);
  equal(throttle.begin({ ...attempt, user: "bob" }), 0);
  equal(throttle.begin({ ...attempt, address: "203.0.113.8" }), 0);
  pass(LIMITS.pair.windowMs);
  equal(throttle.begin(attempt), 0);
});

Deno.test("createThrottle keeps out who tries many names, though one of them is their own", () => {
  const { throttle } = atTime();
  const address = "203.0.113.7";
  for (let i = 0; i < LIMITS.address.most; i++) {
    equal(throttle.begin({ user: `user-${i}`, address }), 0);
    const own = { user: "mallory", address };
    if (throttle.begin(own) === 0) throttle.succeeded(own);
  }
  equal(throttle.begin({ user: "another", address }) > 0, true);
});

Deno.test("createThrottle keeps out many machines that try one name, and not who signed in before", () => {
  const { throttle } = atTime();
  const own = { user: "admin", address: "198.51.100.1" };
  equal(throttle.begin(own), 0);
  throttle.succeeded(own);
  for (let i = 0; i < LIMITS.user.most; i++) throttle.begin({ user: "admin", address: `10.0.0.${i}` });
  equal(throttle.begin({ user: "admin", address: "10.0.1.1" }) > 0, true);
  equal(throttle.begin(own), 0);
});

Deno.test("createThrottle takes back what could not be judged", () => {
  const { throttle } = atTime();
  const attempt = { user: "anna", address: "203.0.113.7" };
  for (let i = 0; i < 100; i++) {
    equal(throttle.begin(attempt), 0);
    throttle.undecided(attempt);
  }
});

Deno.test("clientOf believes the entry only, and takes a network of IPv6 for one client", () => {
  const cases: [string | null, string][] = [
    [null, "direct"],
    ["203.0.113.7", "203.0.113.7"],
    ["1.2.3.4, 203.0.113.7", "203.0.113.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2::9", "2001:db8:1:2::/64"],
    ["::1", "0:0:0:0::/64"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["nonsense: <x>", "direct"],
  ];
  for (const [forwarded, client] of cases) equal(clientOf(forwarded), client, String(forwarded));
});
