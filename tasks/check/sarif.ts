/** Problems as SARIF, the format that code scanners exchange. */

import { createHash } from "node:crypto";
import { pathToFileURL } from "node:url";
import type { Location, Log, ReportingDescriptor, Result } from "sarif";
import type { Verdict } from "../verify.ts";
import { type Entry, pathBelow } from "./entries.ts";
import { areaOf, type CheckInfo } from "./registry.ts";

/** What the checks are described with. */
export interface SarifOptions {
  readonly checks: readonly CheckInfo[];
  /** Text of docs/checks.md. */
  readonly docs: string;
  /** Where that page can be read, without an anchor; undefined when nobody knows. */
  readonly docsUrl?: string;
  /** The directory that was checked out: paths are told from there. */
  readonly root: string;
}

const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
const ROOT = "SRCROOT";

/**
 * A SARIF 2.1.0 log with one run.
 *
 * @param verdicts Of the checks that were asked for: those that could not look become notifications.
 */
export function sarifLog(
  entries: readonly Entry[],
  verdicts: readonly Verdict[],
  options: SarifOptions,
): Log {
  const { checks, root } = options;
  const indexOf = new Map(checks.map(({ id }, i) => [id, i]));
  const seen = new Map<string, number>();
  return {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [{
      tool: { driver: { name: "Vigie", rules: checks.map((check) => ruleOf(check, options)) } },
      columnKind: "utf16CodeUnits",
      originalUriBaseIds: { [ROOT]: { uri: `${pathToFileURL(root).href}/` } },
      invocations: [{
        executionSuccessful: true,
        toolExecutionNotifications: verdicts.flatMap(({ id, skipped }) =>
          skipped === undefined ? [] : [{
            level: "note" as const,
            message: { text: `Skipped: ${skipped}` },
            associatedRule: { id, ...indexPart(indexOf.get(id)) },
          }]
        ),
      }],
      results: entries.map((entry) => {
        const print = fingerprintOf(entry, root);
        const count = seen.get(print) ?? 0;
        seen.set(print, count + 1);
        return resultOf(entry, `${print}:${count}`, indexOf.get(entry.problem.check), root);
      }),
    }],
  };
}

function ruleOf({ id, title, severity }: CheckInfo, { docs, docsUrl }: SarifOptions): ReportingDescriptor {
  const section = sectionOf(docs, id);
  return {
    id,
    name: id.split(/\W+/).map((word) => word[0]!.toUpperCase() + word.slice(1)).join(""),
    shortDescription: { text: title },
    ...(section && { help: { text: plain(section), markdown: section } }),
    ...(section && docsUrl !== undefined &&
      { helpUri: `${docsUrl}#${id.replace(/[^\w-]/g, "").toLowerCase()}` }),
    defaultConfiguration: { level: severity ?? "error" },
    properties: { tags: [areaOf(id)] },
  };
}

function resultOf(
  { problem, path, suppressed }: Entry,
  fingerprint: string,
  ruleIndex: number | undefined,
  root: string,
): Result {
  const { check, severity, message, cure, subject } = problem;
  return {
    ruleId: check,
    ...indexPart(ruleIndex, "ruleIndex"),
    level: severity,
    message: { text: `${message}\n${cure}` },
    locations: path === undefined ? [] : [locationOf(problem, path, root)],
    partialFingerprints: { "vigieProblem/v1": fingerprint },
    ...(suppressed && {
      suppressions: [{
        kind: "external",
        status: "accepted",
        justification: `${suppressed.reason} (until ${suppressed.until})`,
      }],
    }),
    ...(subject !== undefined && { properties: { subject } }),
  };
}

function locationOf(
  { line, column, length = 1, subject }: Entry["problem"],
  path: string,
  root: string,
): Location {
  const below = pathBelow(path, root);
  return {
    physicalLocation: {
      artifactLocation: below === undefined
        ? { uri: pathToFileURL(path).href }
        : { uri: below.split("/").map(encodeURIComponent).join("/"), uriBaseId: ROOT },
      ...(line !== undefined && {
        region: {
          startLine: line,
          // The end is excluded.
          ...(column !== undefined && { startColumn: column, endLine: line, endColumn: column + length }),
        },
      }),
    },
    ...(subject !== undefined && { logicalLocations: [{ name: subject }] }),
  };
}

/** The same problem has the same one after lines have moved. */
function fingerprintOf({ problem: { check, subject, message }, path }: Entry, root: string): string {
  const file = path === undefined ? "" : pathBelow(path, root) ?? path;
  return createHash("sha256").update(JSON.stringify([check, subject ?? message, file])).digest("hex").slice(
    0,
    32,
  );
}

function indexPart<Name extends "index" | "ruleIndex" = "index">(
  index: number | undefined,
  name: Name = "index" as Name,
) {
  return (index === undefined ? {} : { [name]: index }) as { [Key in Name]?: number };
}

/** The text below the heading of a check. */
export function sectionOf(docs: string, id: string): string | undefined {
  const lines = docs.split("\n");
  const start = lines.indexOf(`### ${id}`);
  if (start === -1) return undefined;
  const end = lines.findIndex((line, i) => i > start && /^##+ /.test(line));
  return lines.slice(start + 1, end === -1 ? undefined : end).join("\n").trim();
}

/** Markdown without its marks. */
function plain(markdown: string): string {
  return markdown.replace(/^```.*$/gm, "").replace(/\[([^\]]+)\]\([^)]*\)/g, "$1").replace(
    /[`*_]{1,2}(\S[^`*\n]*?)[`*_]{1,2}/g,
    "$1",
  )
    .replace(/\n{3,}/g, "\n\n").trim();
}
