/** JUnit XML, as CI systems read it. */

/** One case. */
export interface JunitCase {
  readonly name: string;
  readonly elapsedMs: number;
  readonly outcome: "passed" | "failed" | "skipped";
  /** Why it failed or was skipped, in one line. */
  readonly message?: string;
  /** More about it: a cure, a detail. */
  readonly text?: string;
}

/** Cases that belong together. */
export interface JunitSuite {
  readonly name: string;
  readonly elapsedMs: number;
  readonly cases: readonly JunitCase[];
}

/**
 * `suites` as one JUnit XML document.
 *
 * Source: the schema that Jenkins' xUnit plugin and GitLab read (https://github.com/testmoapp/junitxml).
 *
 * @param name Name of the whole run.
 * @param startedAt When it started, ISO 8601.
 */
export function toJunit(name: string, startedAt: string, suites: readonly JunitSuite[]): string {
  const all = suites.flatMap(({ cases }) => cases);
  const total = suites.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0);
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>'];
  lines.push(
    `<testsuites${attributes({ name, ...countsOf(all), time: seconds(total), timestamp: startedAt })}>`,
  );
  for (const suite of suites) {
    const { name, cases, elapsedMs } = suite;
    lines.push(
      `  <testsuite${
        attributes({ name, ...countsOf(cases), time: seconds(elapsedMs), timestamp: startedAt })
      }>`,
    );
    for (const one of cases) lines.push(...caseLines(name, one));
    lines.push("  </testsuite>");
  }
  lines.push("</testsuites>");
  return lines.join("\n") + "\n";
}

function caseLines(
  suite: string,
  { name, elapsedMs, outcome, message = "", text = "" }: JunitCase,
): string[] {
  const open = `    <testcase${
    attributes({ classname: suite.replaceAll("/", "."), name, time: seconds(elapsedMs) })
  }`;
  if (outcome === "passed" && text === "") return [`${open}/>`];
  const inside = outcome === "failed"
    ? `<failure${attributes({ message, type: suite })}>${escapeXml(text)}</failure>`
    : outcome === "skipped"
    ? `<skipped${attributes({ message })}/>`
    : `<system-out>${escapeXml(text)}</system-out>`;
  return [`${open}>`, `      ${inside}`, "    </testcase>"];
}

function countsOf(cases: readonly JunitCase[]) {
  const count = (outcome: JunitCase["outcome"]) => cases.filter((one) => one.outcome === outcome).length;
  return { tests: cases.length, failures: count("failed"), errors: 0, skipped: count("skipped") };
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values).map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`).join("");
}

function seconds(ms: number): string {
  return (Math.max(0, ms) / 1_000).toFixed(3);
}

/** Text as XML 1.0 may hold it, in content and in attributes alike; characters that it cannot hold at all become U+FFFD. */
function escapeXml(text: string): string {
  return text
    // deno-lint-ignore no-control-regex
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "\ufffd")
    .toWellFormed()
    .replace(/[&<>"'\t\n\r]/g, (character) => ESCAPES[character] ?? `&#${character.charCodeAt(0)};`);
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};
