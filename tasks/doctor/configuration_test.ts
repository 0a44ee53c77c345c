import { deepStrictEqual } from "node:assert/strict";
import { differingKeys } from "./configuration.ts";

Deno.test("differingKeys names each key with both values, however deep", () => {
  const applied = { name: "a", scrape: { interval: "15s", timeout: "10s" }, hosts: [{ name: "x" }] };
  const wanted = {
    name: "a",
    scrape: { interval: "5s", timeout: "10s" },
    hosts: [],
    grafana: { theme: "dark" },
  };
  deepStrictEqual(differingKeys(applied, wanted), [
    'scrape.interval: "15s" was applied, "5s" is in config.ts',
    'hosts: [{"name":"x"}] was applied, [] is in config.ts',
    'grafana: nothing was applied, {"theme":"dark"} is in config.ts',
  ]);
  deepStrictEqual(differingKeys(applied, structuredClone(applied)), []);
});
