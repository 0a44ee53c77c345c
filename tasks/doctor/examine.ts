/** Runs the diagnoses, and puts causes before their consequences. */

import { Skipped } from "../../lib/check.ts";
import { type Area, AREAS, type Diagnosis, type Finding, type Sighting } from "./diagnosis.ts";
import type { Scene } from "./scene.ts";

/** What became of one area. */
export interface AreaReport {
  readonly area: Area;
  /** What there was to see where nothing was wrong. */
  readonly seen: readonly string[];
  /** Why a part of it could not be examined. */
  readonly skipped: readonly string[];
  /** How many errors and warnings it has. */
  readonly findings: number;
}

/** What the doctor says. */
export interface Report {
  /** Causes first, each followed by what probably follows from it. */
  readonly findings: readonly Finding[];
  readonly areas: readonly AreaReport[];
}

interface Outcome {
  readonly diagnosis: Diagnosis;
  readonly sightings: readonly Sighting[];
  readonly seen?: string;
  readonly skipped?: string;
}

const AT_ONCE = 8;

/**
 * Runs every diagnosis. One that fails by itself becomes a remark of its area: the others are still of use.
 *
 * @param onStep Called before each diagnosis with the part that is done, 0 to 1.
 */
export async function examine(
  diagnoses: readonly Diagnosis[],
  scene: Scene,
  onStep: (fraction: number) => void = () => {},
): Promise<Report> {
  const outcomes: Outcome[] = [];
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < diagnoses.length; i = next++) {
      scene.signal.throwIfAborted();
      onStep(i / diagnoses.length);
      outcomes[i] = await outcomeOf(diagnoses[i]!, scene);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { findings: rank(diagnoses, outcomes), areas: AREAS.map((area) => reportOf(area, outcomes)) };
}

async function outcomeOf(diagnosis: Diagnosis, scene: Scene): Promise<Outcome> {
  try {
    const result = await diagnosis.run(scene);
    return typeof result === "string"
      ? { diagnosis, sightings: [], seen: result }
      : { diagnosis, sightings: result };
  } catch (error) {
    if (scene.signal.aborted) throw error;
    if (error instanceof Skipped) return { diagnosis, sightings: [], skipped: error.message };
    // The doctor works where everything is broken: what it did not expect is said, and the rest goes on.
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { diagnosis, sightings: [], skipped: `${diagnosis.id} failed: ${reason}` };
  }
}

function reportOf(area: Area, outcomes: readonly Outcome[]): AreaReport {
  const own = outcomes.filter(({ diagnosis }) => diagnosis.area === area);
  return {
    area,
    seen: own.flatMap(({ seen }) => seen ? [seen] : []),
    skipped: [...new Set(own.flatMap(({ skipped }) => skipped ? [skipped] : []))],
    findings:
      own.flatMap(({ diagnosis, sightings }) =>
        sightings.filter((sighting) => (sighting.weight ?? diagnosis.weight) !== "note")
      ).length,
  };
}

interface Candidate {
  readonly finding: Finding;
  readonly sighting: Sighting;
  readonly diagnosis: Diagnosis;
  /** Index of the finding it follows from; undefined for a cause. */
  readonly parent?: number;
}

function rank(diagnoses: readonly Diagnosis[], outcomes: readonly Outcome[]): Finding[] {
  const candidates: Candidate[] = [];
  for (const { diagnosis, sightings } of outcomes) {
    for (const sighting of sightings) {
      const found = candidates.findIndex((earlier) => explains(earlier, diagnosis, sighting));
      const parent = found === -1 ? undefined : found;
      const { subject, cause, evidence, cure, weight = diagnosis.weight } = sighting;
      const followsFrom = parent === undefined ? undefined : nameOf(candidates[parent]!.finding);
      const finding = {
        id: diagnosis.id,
        area: diagnosis.area,
        subject,
        cause,
        evidence,
        cure,
        weight,
        followsFrom,
      };
      candidates.push({ finding, sighting, diagnosis, parent });
    }
  }
  const order = { error: 0, warning: 1, note: 2 };
  const position = (finding: Finding) => diagnoses.findIndex(({ id }) => id === finding.id);
  const roots = candidates.map((candidate, index) => ({ ...candidate, index }))
    .filter(({ parent }) => parent === undefined)
    .sort((a, b) =>
      order[a.finding.weight] - order[b.finding.weight] || position(a.finding) - position(b.finding)
    );
  const withConsequences = (index: number): Finding[] => [
    candidates[index]!.finding,
    ...candidates.flatMap(({ parent }, child) => parent === index ? withConsequences(child) : []),
  ];
  return roots.flatMap(({ index }) => withConsequences(index));
}

function explains(earlier: Candidate, diagnosis: Diagnosis, sighting: Sighting): boolean {
  if (earlier.finding.weight === "note" || !diagnosis.mayFollowFrom?.includes(earlier.diagnosis.id)) {
    return false;
  }
  const { subject } = earlier.finding;
  return subject === undefined || subject === sighting.subject || !!sighting.involves?.includes(subject);
}

/** A finding as others refer to it: `doctor/service-dead prometheus`. */
export function nameOf({ id, subject }: Pick<Finding, "id" | "subject">): string {
  return subject === undefined ? id : `${id} ${subject}`;
}
