import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { type Figures, figuresOf, formatFigures } from "./figures.ts";
import { defineStack } from "./stack.ts";

const STACK = defineStack({ hosts: [{ name: "web-1" }, { name: "new", address: "10.0.0.9" }] });
const URLS = { prometheus: "http://127.0.0.1:9" } as Parameters<typeof figuresOf>[0]["urls"];

/** A Prometheus that answers each query whose text holds a key with the samples of that key. */
function prometheus(answers: Record<string, readonly [Record<string, string>, number][]>): typeof fetch {
  return ((_url: unknown, init?: RequestInit) => {
    const expr = new URLSearchParams(String(init?.body)).get("query")!;
    const found = Object.entries(answers).find(([key]) => expr.includes(key))?.[1] ?? [];
    const result = found.map(([metric, value]) => ({ metric, value: [0, String(value)] }));
    return Promise.resolve(Response.json({ status: "success", data: { resultType: "vector", result } }));
  }) as typeof fetch;
}

const FIGURES: Figures = {
  hosts: [
    { host: "web-1", cpu: 0.25, memory: 0.95, disk: { used: 0.5, mountpoint: "/srv" }, loadPerCpu: 0.5 },
    { host: "new", cpu: undefined, memory: undefined, disk: undefined, loadPerCpu: undefined },
  ],
  alerts: [{ alert: "HostMemoryHigh", severity: "warning", instance: "web-1" }],
};

Deno.test("figuresOf gives each host what Prometheus knows of it, and the alerts that fire", async () => {
  const fetch = prometheus({
    cpu_busy: [[{ instance: "web-1" }, 0.25]],
    memory_used: [[{ instance: "web-1" }, 0.95], [{ instance: "somebody-else" }, 0.1]],
    filesystem_free: [[{ instance: "web-1", mountpoint: "/srv" }, 0.5]],
    load1_per_cpu: [[{ instance: "web-1" }, 0.5]],
    ALERTS: [[{ alertname: "HostMemoryHigh", severity: "warning", instance: "web-1" }, 1]],
  });
  assert.deepEqual(
    await figuresOf({ fetch, signal: new AbortController().signal, urls: URLS }, STACK),
    FIGURES,
  );
});

Deno.test("formatFigures draws a bar for each share, and says what is not known yet", () => {
  assert.equal(
    stripVTControlCharacters(formatFigures(FIGURES, STACK)),
    `  HOST   PROCESSORS        MEMORY            FULLEST DISK           LOAD PER CPU
  web-1  ███░░░░░░░  25 %  ██████████  95 %  █████░░░░░  50 % /srv  0.50
  new    no value yet      no value yet      no value yet

  Firing: HostMemoryHigh on web-1 (warning)`,
  );
});

Deno.test("formatFigures says that no alert is firing", () => {
  assert.match(
    stripVTControlCharacters(formatFigures({ hosts: [], alerts: [] }, STACK)),
    /No alert is firing$/,
  );
});
