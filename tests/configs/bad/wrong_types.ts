import { defineStack } from "vigie";

// deno-lint-ignore no-explicit-any
const wrong = (value: unknown): any => value;

export default defineStack({
  name: wrong(42),
  locale: wrong("de"),
  bind: "localhost",
  ports: { grafana: 3000.5, prometheus: 0, webhook: wrong("9094") },
  services: { grafana: wrong("no") },
  scrape: wrong([]),
  hosts: wrong({ name: "web-1" }),
  thresholds: { cpu: 200, memory: wrong(null), loadPerCpu: -1, diskFreeWarning: NaN },
  versions: { prometheus: "v3.5.3" },
  network: { subnet: "172.31.94.0" },
  grafana: { theme: wrong("drak"), adminUser: "", refresh: wrong(30) },
});
