import assert from "node:assert/strict";
import { differences, type PrintedForm } from "./differences.ts";

const FORM: PrintedForm = {
  names: { jobs: "name" },
  durations: /interval$/,
  paths: /^files$/,
  unordered: /^matchers$/,
  closed: /^(labels|files|jobs)$/,
};

const CASES: Record<string, { wanted: unknown; running: unknown; expected: string[] }> = {
  "takes defaults, another form of a duration, a longer path and another order": {
    wanted: { interval: "60s", files: ["rules/*.yml"], matchers: ["b", "a"], labels: {} },
    running: { interval: "1m", files: ["/etc/rules/*.yml"], matchers: ["a", "b"], default: [1] },
    expected: [],
  },
  "takes what is hidden as equal": { wanted: { url: "x" }, running: { url: "<secret>" }, expected: [] },
  "names a value, in its place": {
    wanted: { jobs: [{ name: "a", targets: [{ interval: "15s" }] }] },
    running: { jobs: [{ name: "a", targets: [{ interval: "1m" }] }] },
    expected: ['jobs.a.targets[0].interval is "1m", wanted "15s"'],
  },
  "names what is missing": {
    wanted: { a: 1, jobs: [{ name: "a" }], list: [1, 2] },
    running: { list: [1] },
    expected: ["a is not set, wanted 1", "jobs.a is not running", "list[1] is not set, wanted 2"],
  },
  "names what nobody wrote": {
    wanted: { jobs: [{ name: "a", labels: { x: "1" } }] },
    running: { jobs: [{ name: "a", labels: { x: "1", y: "2" } }, { name: "b" }], files: ["c"] },
    expected: [
      'jobs.a.labels.y is "2", wanted nothing',
      "jobs.b is running, wanted nothing of that name",
      'files is ["c"], wanted nothing',
    ],
  },
  "names only the entry that was added or removed, wherever it stands": {
    wanted: { added: [1, 2, 3], removed: [1, 3], both: [1, 2, 3, 4] },
    running: { added: [1, 3], removed: [1, 2, 3], both: [1, 7, 4] },
    expected: [
      "added[1] is not set, wanted 2",
      "removed[1] is 2, wanted nothing",
      "both[1] is 7, wanted 2",
      "both[2] is not set, wanted 3",
    ],
  },
  "names another shape": {
    wanted: { a: { b: 1 }, c: [1], interval: "1m" },
    running: { a: "x", c: "y", interval: "soon" },
    expected: ['a is "x", wanted {"b":1}', 'c is "y", wanted [1]', 'interval is "soon", wanted "1m"'],
  },
};

for (const [name, { wanted, running, expected }] of Object.entries(CASES)) {
  Deno.test(`differences ${name}`, () => assert.deepEqual(differences(wanted, running, FORM), expected));
}
