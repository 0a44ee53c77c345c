import { deepEqual, equal } from "node:assert/strict";
import { sparkPath } from "./spark.ts";

Deno.test("sparkPath leaves gaps open and draws nothing of nothing", () => {
  equal(sparkPath([undefined, null], 0, 1), "");
  deepEqual(sparkPath([0, 1, undefined, 0.5], 0, 1).match(/[ML]/g), ["M", "L", "M"]);
});
