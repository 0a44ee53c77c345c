/** What the pages of alerts are made with, beside what all pages are. */

import { type AlertCurve, curveOf, readCurves } from "../../picture/graph_of.ts";
import type { Alert } from "../../payload.ts";
import { type Acknowledgements, createAcknowledgements } from "../acts/acknowledgements.ts";
import { alertmanagerOf, AlertmanagerSilent, type AskAlertmanager } from "../alertmanager.ts";
import { prometheusOf } from "../prometheus.ts";
import type { PageContext, PageOptions } from "../view.ts";
import { visible } from "../visible.ts";
import { type HeldAlert, heldAlerts } from "./held.ts";
import type { Shown } from "./inbox.tsx";
import { createToldBook, type ToldBook } from "./told_book.ts";
import { createValues, type ReadValues } from "./values.ts";

/** What they share. */
export interface AlertsContext {
  readonly options: PageOptions;
  readonly ask: AskAlertmanager;
  /** What Alertmanager holds, or why that is not known; who asks after it was silent waits for a moment only. */
  readonly held: () => Promise<HeldAlert[] | string>;
  readonly readValues: ReadValues;
  readonly book: ToldBook;
  readonly acknowledgements: Acknowledgements;
  readonly shownTo: (c: PageContext) => Shown;
  /** Tells which curve an alert has; none where there is no Prometheus to ask for it. */
  readonly curves: () => Promise<
    (alert: Pick<Alert, "labels" | "generatorURL">) => AlertCurve | undefined
  >;
}

const AGAIN_MS = 500;

/** The context of the pages made of `options`. */
export function contextOf(options: PageOptions): AlertsContext {
  const ask = alertmanagerOf(options);
  return {
    options,
    ask,
    held: impatient(() => heldOr(() => heldAlerts(ask))),
    readValues: createValues(prometheusOf(options), options.now),
    book: createToldBook(options.archive),
    acknowledgements: createAcknowledgements(options.dataDir, options.now),
    shownTo: (c) => ({
      language: c.var.visitor.language,
      timezone: options.timezone(),
      foreign: (text) => visible(options.redact(text)),
    }),
    async curves() {
      if (options.page().prometheus === undefined) return () => undefined;
      try {
        const known = await readCurves(options.directory());
        return (alert) => curveOf(alert, known);
      } catch (error) {
        // What an alert says of itself is still there.
        options.onDefect(error);
        return (alert) => curveOf(alert, {});
      }
    },
  };
}

/** Once it was silent, readers are told so again after a moment: each of them would wait for seconds otherwise. */
function impatient<T>(ask: () => Promise<T[] | string>): () => Promise<T[] | string> {
  let silent: string | undefined;
  return async () => {
    const asking = ask().then((answer) => {
      silent = typeof answer === "string" ? answer : undefined;
      return answer;
    });
    if (silent === undefined) return await asking;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const known = silent;
    const again = new Promise<string>((done) => timer = setTimeout(() => done(known), AGAIN_MS));
    try {
      return await Promise.race([asking, again]);
    } finally {
      clearTimeout(timer);
    }
  };
}

/** What Alertmanager has, or why that is not known. */
export async function heldOr<T>(asked: () => Promise<T[]>): Promise<T[] | string> {
  try {
    return await asked();
  } catch (error) {
    if (!(error instanceof AlertmanagerSilent)) throw error;
    return error.message;
  }
}
