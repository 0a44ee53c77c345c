/** What a diagnosis is, and what it finds. */

import type { Scene } from "./scene.ts";

/** The areas that are examined, in the order they are shown: what others rest on comes first. */
export const AREAS = [
  "configuration",
  "engine",
  "versions",
  "state",
  "disk",
  "ports",
  "services",
  "logs",
  "network",
  "connectivity",
  "clock",
  "prometheus",
  "alertmanager",
  "grafana",
  "webhook",
] as const;

/** The name of an area. */
export type Area = typeof AREAS[number];

/** How much a finding matters: a `note` is worth knowing and does not make the command fail. */
export type Weight = "error" | "warning" | "note";

/** One thing that a diagnosis saw. */
export interface Sighting {
  /** The service or other thing it is about; left out when it is about the whole stack. */
  readonly subject?: string;
  /** Other services on the way, any of which may be the cause. */
  readonly involves?: readonly string[];
  /** Why it does not work: one sentence, capital first, no full stop. */
  readonly cause: string;
  /** What shows it: the actual line, number, address or pid. */
  readonly evidence: readonly string[];
  /** A command to run or a key to change. */
  readonly cure: string;
  /** When other than the diagnosis's own. */
  readonly weight?: Weight;
}

/** A sighting with the diagnosis that made it. */
export interface Finding extends Required<Pick<Sighting, "cause" | "evidence" | "cure" | "weight">> {
  readonly id: string;
  readonly area: Area;
  readonly subject?: string;
  /** The finding that it probably follows from: `ID` or `ID SUBJECT`. */
  readonly followsFrom?: string;
}

/** One possible cause, and how to see it. */
export interface Diagnosis {
  /** Stable, `doctor/what`: users script against it. */
  readonly id: `doctor/${string}`;
  readonly area: Area;
  /** What is proved when it finds nothing, as a short sentence. */
  readonly title: string;
  /** The paragraph of docs/checks.md: what goes wrong, how it is seen, what to do. */
  readonly about: string;
  readonly weight: Weight;
  /**
   * Ids of diagnoses that this one may be a mere consequence of: of the same subject, of a service it involves, or of the
   * whole stack. They stand before it in DIAGNOSES.
   */
  readonly mayFollowFrom?: readonly string[];
  /**
   * Looks.
   *
   * @returns what it saw, or, when nothing is wrong, what there was to see (a few words).
   * @throws {Skipped} when it cannot look.
   */
  run(scene: Scene): Promise<readonly Sighting[] | string>;
}
