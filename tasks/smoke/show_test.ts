import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { Skipped } from "../../lib/check.ts";
import { failed, runSmoke, type SmokeCheck, smokeCheck } from "./check.ts";
import { formatSmoke, showSmoke, smokeToJunit } from "./show.ts";
import { fakeContext } from "./testing.ts";

const CHECKS: readonly SmokeCheck[] = [
  smokeCheck("smoke/panels", "Panels show data", async function* () {
    yield { name: "Hosts: CPU (A)", outcome: "passed", elapsedMs: 3, group: "Hosts", detail: "1 series" };
    yield { name: "Hosts: Memory (A)", outcome: "passed", elapsedMs: 4, group: "Hosts", detail: "1 series" };
    yield {
      name: "Hosts: Heat (A)",
      outcome: "note",
      elapsedMs: 2,
      group: "Hosts",
      detail: "no data: no sensor",
    };
    yield { name: "Stack: Alerts (A)", outcome: "passed", elapsedMs: 5, group: "Stack", detail: "1 series" };
  }),
  smokeCheck("smoke/alert-path", "A test alert arrives", async function* () {
    yield { name: "scraped", outcome: "passed", elapsedMs: 4_200 };
    yield failed("smoke/alert-path", "firing", "It does not fire", "look at <rules>", { elapsedMs: 9_000 });
    yield { name: "webhook", outcome: "skipped", elapsedMs: 0, detail: "not reached" };
  }),
  smokeCheck("smoke/datasources", "Grafana answers", async function* ({ files }) {
    if (files.size > 0) yield { name: "never", outcome: "passed" };
    throw new Skipped("there is no Grafana");
  }),
];

Deno.test("showSmoke and formatSmoke show each step, fold groups that pass, and end with problems and counts", async () => {
  const printed: string[] = [];
  const results = await runSmoke(CHECKS, fakeContext({}), showSmoke((text) => printed.push(text)));
  printed.push(formatSmoke(results, 61_000));
  assert.equal(
    stripVTControlCharacters(printed.join("\n")),
    `smoke/panels: Panels show data
  ✓ Hosts: 2 passed, 1 noted (9 ms)
      no data: no sensor
  ✓ Stack: 1 passed (5 ms)
  ✓ passed in 500 ms

smoke/alert-path: A test alert arrives
  ✓ scraped (4.2 s)
  ✗ firing (9.0 s)
  - webhook: not reached
  ✗ failed in 400 ms

smoke/datasources: Grafana answers
  - skipped: there is no Grafana

error[smoke/alert-path]: It does not fire
  cure: look at <rules>

Smoke: 1 passed, 1 failed, 1 skipped in 1 min 01 s`,
  );
});

Deno.test("smokeToJunit makes a suite of each check and a case of each step", async () => {
  const results = await runSmoke(CHECKS, fakeContext({}));
  const xml = smokeToJunit(results, "2026-11-22T10:00:00.000Z");
  assert.match(xml, /<testsuites name="vigie smoke" tests="8" failures="1" errors="0" skipped="2"/);
  assert.ok(xml.includes(
    `<testcase classname="smoke.alert-path" name="firing" time="9.000">
      <failure message="It does not fire" type="smoke/alert-path">It does not fire&#10;cure: look at &lt;rules&gt;</failure>`,
  ));
  assert.match(xml, /name="Grafana answers" time="\d\.\d+">\n +<skipped message="there is no Grafana"\/>/);
});
