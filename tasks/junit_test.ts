import assert from "node:assert/strict";
import fc from "fast-check";
import { toJunit } from "./junit.ts";

const AT = "2026-11-22T10:00:00.000Z";

Deno.test("toJunit counts, escapes and times its cases", () => {
  const xml = toJunit("vigie smoke", AT, [{
    name: "smoke/targets",
    elapsedMs: 1_234.5,
    cases: [
      { name: "node localhost", elapsedMs: 12, outcome: "passed" },
      { name: "node web-1", elapsedMs: 0, outcome: "passed", text: "a note" },
      {
        name: 'job "a" <b>',
        elapsedMs: 5,
        outcome: "failed",
        message: "Get http://x?a=1&b=2:\nrefused",
        text: "cure: don't ]]> worry \x1b[31m",
      },
      { name: "grafana", elapsedMs: 0, outcome: "skipped", message: "left out" },
    ],
  }]);
  assert.equal(
    xml,
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="vigie smoke" tests="4" failures="1" errors="0" skipped="1" time="1.234" timestamp="${AT}">
  <testsuite name="smoke/targets" tests="4" failures="1" errors="0" skipped="1" time="1.234" timestamp="${AT}">
    <testcase classname="smoke.targets" name="node localhost" time="0.012"/>
    <testcase classname="smoke.targets" name="node web-1" time="0.000">
      <system-out>a note</system-out>
    </testcase>
    <testcase classname="smoke.targets" name="job &quot;a&quot; &lt;b&gt;" time="0.005">
      <failure message="Get http://x?a=1&amp;b=2:&#10;refused" type="smoke/targets">cure: don&apos;t ]]&gt; worry \ufffd[31m</failure>
    </testcase>
    <testcase classname="smoke.targets" name="grafana" time="0.000">
      <skipped message="left out"/>
    </testcase>
  </testsuite>
</testsuites>
`,
  );
});

Deno.test("toJunit writes any text so that it reads back, but for characters XML cannot hold", () => {
  const text = fc.string({ unit: "binary", maxLength: 40 });
  fc.assert(fc.property(text, text, (message, name) => {
    const xml = toJunit("run", AT, [{
      name: "suite",
      elapsedMs: 1,
      cases: [{ name, elapsedMs: 1, outcome: "failed", message, text: message }],
    }]);
    const read = /name="([^"]*)" time="0\.001">\n *<failure message="([^"]*)" type="suite">([^<]*)<\/failure>/
      .exec(xml);
    assert.deepEqual(read?.slice(1).map(unescapeXml), [name, message, message].map(allowed));
  }));
});

/** What an XML 1.0 reader makes of a value. */
function unescapeXml(text: string): string {
  const named: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  return text.replace(
    /&(?:#(\d+)|(\w+));/g,
    (_all, code, name) => code ? String.fromCharCode(code) : named[name]!,
  );
}

/** The production `Char` of XML 1.0, section 2.2. */
function allowed(text: string): string {
  return [...text].map((character) => {
    const code = character.codePointAt(0)!;
    const held = [0x9, 0xa, 0xd].includes(code) || code >= 0x20 && code <= 0xd7ff ||
      code >= 0xe000 && code <= 0xfffd || code >= 0x10000;
    return held ? character : "\ufffd";
  }).join("");
}
