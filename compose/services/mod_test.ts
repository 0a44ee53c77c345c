import assert from "node:assert/strict";
import { DEFINITIONS, SERVICES } from "./mod.ts";

const ALL = SERVICES.map((service) => DEFINITIONS[service]);

Deno.test("DEFINITIONS has each service under its own name, key and job", () => {
  assert.deepEqual(Object.keys(DEFINITIONS), SERVICES);
  assert.equal(new Set(SERVICES).size, SERVICES.length);
  for (const { name, ports, services = { [name]: true } } of ALL) {
    assert.deepEqual([Object.keys(ports), Object.keys(services)], [[name], [name]]);
  }
  const jobs = ALL.flatMap(({ scrape }) => scrape?.job ?? []);
  assert.equal(new Set(jobs).size, jobs.length, jobs.join());
});

Deno.test("DEFINITIONS gives each service a port of its own", () => {
  const shipped = ALL.map(({ name, ports }) => ports[name].default);
  assert.equal(new Set(shipped).size, shipped.length, shipped.join());
});
