/** One sentence of state: all is well, or what is wrong, the worst first, or what is not known. */

import type { Locale } from "../../../lib/text.ts";
import type { ChannelState } from "../../delivery/mod.ts";
import type { Readiness } from "../../readiness.ts";
import type { ProofResult } from "../proof/result.ts";
import type { Figures } from "./figures.ts";
import { agoText, secondsText } from "../numbers.ts";
import { WORDS } from "./words.ts";

/** What the sentence is made of. */
export interface StateSources {
  readonly figures: Figures;
  readonly readiness: Readiness;
  readonly channels: readonly ChannelState[];
  /** The last test of the alert path that has ended. */
  readonly proof?: ProofResult;
  /** Whether somebody asks Prometheus at all. */
  readonly hasPrometheus: boolean;
  readonly now: number;
}

/** How it is. */
export interface Stated {
  readonly severity: "critical" | "warning" | "info" | "good" | "unknown";
  readonly sentence: string;
}

interface Finding {
  readonly severity: "critical" | "warning" | "info" | "unknown";
  readonly text: string;
}

/** Clauses of one sentence that are still read. */
const SHOWN = 4;
// What is not known may be the worst there is, and is no proof of it.
const ORDER = ["critical", "warning", "unknown", "info"] as const;

/** The state in the reader's language. */
export function stateOf(sources: StateSources, language: Locale): Stated {
  const words = WORDS[language];
  const found = [...findings(sources, language)]
    .sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
  const worst = found[0];
  if (!worst) return { severity: "good", sentence: `${words.well}${facts(sources, language)}.` };
  const shown = found.slice(0, SHOWN).map(({ text }) => text);
  const rest = found.length - shown.length;
  if (rest > 0) shown.push(words.more(rest));
  const sentence = shown.join(words.separator);
  return { severity: worst.severity, sentence: `${sentence[0]!.toUpperCase()}${sentence.slice(1)}.` };
}

function facts({ figures, proof, now }: StateSources, language: Locale): string {
  const words = WORDS[language];
  return [
    words.hosts(figures.hosts?.length ?? 0),
    words.services(figures.services?.length ?? 0),
    proof
      ? words.proved(secondsText(proof.tookMs, language), agoText(now - proof.endedMs, language))
      : words.unproved,
  ].join(", ");
}

function* findings(
  { figures, readiness, channels, proof, hasPrometheus, now }: StateSources,
  language: Locale,
): Generator<Finding> {
  const words = WORDS[language];
  const { hosts, services, firing } = figures;
  const told = new Set<string>();
  for (const { name, severity, instances, count } of firing ?? []) {
    // The worst comes first; that it fires as a warning as well says nothing more.
    if (told.has(name)) continue;
    told.add(name);
    const where = instances.length === 1 ? instances[0]! : count > 1 ? `× ${count}` : "";
    yield { severity, text: words.fires(name, where) };
  }
  for (const { name, isUp } of hosts ?? []) {
    if (!isUp) yield { severity: "critical", text: words.hostDown(name) };
  }
  for (const { name, up, of } of services ?? []) {
    if (up < of) yield { severity: up === 0 ? "critical" : "warning", text: words.serviceDown(name, up, of) };
  }
  for (const { name, ok, warning } of readiness.checks) {
    if (!ok) yield { severity: "critical", text: words.notReady(words.checks[name]) };
    else if (warning) yield { severity: "warning", text: words.lookAt(words.checks[name]) };
  }
  for (const { name, circuit, dead } of channels) {
    if (circuit !== "closed") yield { severity: "critical", text: words.channelDown(name) };
    if (dead > 0) yield { severity: "warning", text: words.dead(name, dead) };
  }
  if (channels.length === 0) yield { severity: "warning", text: words.noChannels };
  if (proof?.outcome === "failed") {
    yield { severity: "warning", text: words.proofFailed(agoText(now - proof.endedMs, language)) };
  }
  if (!hasPrometheus) yield { severity: "unknown", text: words.noPrometheus };
  else if (!hosts || !services || !firing) yield { severity: "unknown", text: words.silent };
  else {
    if (hosts.length + services.length === 0) yield { severity: "unknown", text: words.nothingYet };
    if (figures.problems.length > 0) yield { severity: "unknown", text: words.partly };
    const blind = hosts.filter(({ isUp, cpu, memory, disk }) =>
      isUp && [cpu, memory, disk].some((curve) => curve.now === undefined)
    );
    if (blind.length > 0) {
      yield { severity: "unknown", text: words.blind(blind.map(({ name }) => name).join(", ")) };
    }
  }
}
