/** The newest values of a panel, from instant queries. */

import type { Locale } from "../../../lib/text.ts";
import { type Answered, seriesIn } from "../prometheus.ts";
import { fieldFor, seriesName, type Shown, shown } from "./field.ts";
import type { Field, Panel, Target } from "./model.ts";

/** Labels of a series, by their names. */
export type Labels = Readonly<Record<string, string>>;

/** One value of one query. */
export interface Sample {
  readonly refId: string;
  readonly legend: string;
  readonly labels: Labels;
  readonly value: number;
}

/** One series with its newest value, as it is shown. */
export interface Reading {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
  readonly field: Field;
  readonly shown: Shown;
}

/** What a panel's queries gave. */
export interface Answers {
  readonly samples: readonly Sample[];
  /** Why there are not more. */
  readonly failures: readonly string[];
}

const MAX_SAMPLES = 1_000;

/** What Prometheus answered to a panel's instant queries, in their order. */
export function samplesOf(targets: readonly Target[], answers: readonly Answered[]): Answers {
  const samples: Sample[] = [];
  const failures = new Set<string>();
  targets.forEach(({ refId, legend }, i) => {
    const answered = answers[i]!;
    if (!answered.ok) {
      failures.add(answered.error);
      return;
    }
    for (const { labels, value } of vectorIn(answered.text)) {
      if (samples.length < MAX_SAMPLES) samples.push({ refId, legend, labels, value });
    }
  });
  return { samples, failures: [...failures] };
}

/** The series of an instant answer; none for what is no vector or scalar. */
function vectorIn(text: string): { labels: Labels; value: number }[] {
  return (seriesIn(text) ?? []).flatMap(({ metric, value }) =>
    value ? [{ labels: metric, value: numberOf(value[1]) }] : []
  );
}

/** A number as Prometheus writes it. */
function numberOf(text: string): number {
  return text === "+Inf" ? Infinity : text === "-Inf" ? -Infinity : Number(text);
}

/** The samples of a panel with their names, colours and texts. */
export function readingsOf(panel: Panel, samples: readonly Sample[], locale: Locale, now: number): Reading[] {
  return samples.map(({ refId, legend, labels, value }) => {
    const name = seriesName(legend, labels);
    const field = fieldFor(panel, name, refId);
    return { name: field.displayName || name, labels, value, field, shown: shown(value, field, locale, now) };
  });
}
