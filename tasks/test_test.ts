import assert from "node:assert/strict";
import { countsOf } from "./test.ts";

// As `deno test --filter` writes it: what the filter left out is only in an attribute.
const REPORT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="5" failures="1" errors="0" time="0.010">
    <testsuite name="./a_test.ts" tests="5" disabled="7" errors="0" failures="1">
        <testcase name="a" classname="./a_test.ts" time="0.001" line="1" col="6">
        </testcase>
        <testcase name="b (skipped: no docker)" classname="./a_test.ts" time="0.000" line="1" col="30">
            <skipped/>
        </testcase>
        <testcase name="c" classname="./a_test.ts" time="0.002" line="1" col="95">
            <failure message="Uncaught Error: no">Error: no
    at file:///a_test.ts:1:147</failure>
        </testcase>
        <testcase name="c &gt; x" classname="./a_test.ts" time="0.000" line="1" col="123">
        </testcase>
    </testsuite>
</testsuites>
`;

Deno.test("countsOf counts what ran, what failed, and what was skipped", () => {
  assert.deepEqual(countsOf(REPORT), { passed: 2, failed: 1, skipped: 1 });
});
