import assert from "node:assert/strict";
import { mayPing } from "./ping.ts";

Deno.test("mayPing compares the user's groups with the kernel's range", () => {
  assert.equal(mayPing("1\t0\n", "0 1 1000\n"), false); // The kernel's own default: nobody.
  assert.equal(mayPing("0\t2147483647\n", "65534\n"), true);
  assert.equal(mayPing("1000\t1000\n", "100 1000\n"), true);
  assert.equal(mayPing("1000\t1000\n", "100\n"), false);
  assert.equal(mayPing("", "100\n"), false);
});
