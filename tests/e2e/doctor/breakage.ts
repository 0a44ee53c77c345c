/** Breaking a stack, and what the doctor must say of it. */

import { ok, strictEqual } from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import type { Finding } from "../../../tasks/doctor/mod.ts";
import type { RunningStack } from "./running_stack.ts";

/** How long anything may take to be seen. */
export const DEADLINE_MS = 60_000;

/** One way to break the stack. */
export interface Breakage {
  readonly name: string;
  /** Whether this machine lets it be broken that way; true by default. */
  readonly possible?: boolean;
  /** What the doctor must name as a cause: `ID` or `ID SUBJECT`. */
  readonly wanted: string;
  /** What must be called its consequence. */
  readonly consequence?: string;
  /** Text that the evidence must hold; a function is asked after the break. */
  readonly evidence: string | (() => string);
  /** Breaks it. @returns what mends it. */
  readonly breakIt: (stack: RunningStack) => Promise<() => Promise<void>>;
  /** How the doctor is asked. */
  readonly options?: (stack: RunningStack) => Parameters<RunningStack["findings"]>[0];
  /** Causes that the mended stack may still show for minutes, as counters and logs remember. */
  readonly lingering?: readonly string[];
}

/** A finding as the doctor names it. */
export function nameOf({ id, subject }: Finding): string {
  return subject === undefined ? id : `${id} ${subject}`;
}

/** Findings that make the doctor fail. */
export function serious(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ weight }) => weight !== "note");
}

/** Findings for a failed assertion. */
export function show(findings: readonly Finding[]): string {
  return findings.map((finding) =>
    `${finding.weight} ${nameOf(finding)} <- ${finding.followsFrom ?? "(cause)"}: ${finding.cause}\n    ${
      finding.evidence.join("\n    ")
    }`
  ).join("\n");
}

/** Asks the doctor until `right`, which a stack that scrapes every second comes to soon. */
export async function askUntil(
  stack: RunningStack,
  right: (findings: readonly Finding[]) => boolean,
  options?: Parameters<RunningStack["findings"]>[0],
): Promise<readonly Finding[]> {
  const end = performance.now() + DEADLINE_MS;
  while (true) {
    const findings = await stack.findings(options);
    if (right(findings) || performance.now() > end) return findings;
    await delay(200);
  }
}

/** Waits until every service is ready, by the supervisor's doing or that of `up`. */
export async function untilReady({ engine }: RunningStack): Promise<void> {
  const end = performance.now() + DEADLINE_MS;
  while (true) {
    const waiting = (await engine.status()).filter(({ state }) => state !== "ready");
    if (waiting.length === 0) return;
    if (performance.now() > end) throw new Error(`Not ready: ${JSON.stringify(waiting)}`);
    await delay(100);
  }
}

/**
 * Breaks `stack`, asserts that the doctor names that as the one cause, mends it, and asserts that nothing is left.
 *
 * @param lingering Causes that earlier breaks left for minutes; those of this one are added.
 */
export async function prove(stack: RunningStack, breakage: Breakage, lingering: Set<string>): Promise<void> {
  const { wanted, consequence, evidence, breakIt, options, lingering: remembers = [] } = breakage;
  const isWanted = (finding: Finding) =>
    nameOf(finding) === wanted || nameOf(finding).startsWith(`${wanted} `);
  const isConsequence = (finding: Finding) => nameOf(finding) === consequence;
  const isOther = (finding: Finding) => finding.followsFrom === undefined && !lingering.has(nameOf(finding));
  const mend = await breakIt(stack);
  try {
    const findings = await askUntil(
      stack,
      (found) => found.some(isWanted) && (consequence === undefined || found.some(isConsequence)),
      options?.(stack),
    );
    const cause = findings.find(isWanted);
    ok(cause, `"${wanted}" was not found:\n${show(findings)}`);
    strictEqual(cause.followsFrom, undefined, `it is the cause:\n${show(findings)}`);
    const words = typeof evidence === "string" ? evidence : evidence();
    ok(cause.evidence.join("\n").includes(words), `evidence with "${words}":\n${show(findings)}`);
    ok(cause.cure.length > 0);
    if (consequence !== undefined) {
      const follower = findings.find(isConsequence);
      strictEqual(
        follower?.followsFrom,
        nameOf(cause),
        `"${consequence}" follows from it:\n${show(findings)}`,
      );
    }
    for (const each of remembers) lingering.add(each);
    const others = serious(findings).filter((finding) => !isWanted(finding) && isOther(finding));
    strictEqual(others.length, 0, `no other cause:\n${show(others)}`);
  } finally {
    await mend();
  }
  await untilReady(stack);
  const after = await askUntil(stack, (found) => !serious(found).some(isOther));
  strictEqual(serious(after).filter(isOther).length, 0, `nothing is left once it is mended:\n${show(after)}`);
}
