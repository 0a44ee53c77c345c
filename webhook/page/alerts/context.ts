/** What the pages of alerts are made with, beside what all pages are. */

import { type AlertCurve, curveOf, readCurves } from "../../picture/graph_of.ts";
import type { Alert } from "../../payload.ts";
import { alertmanagerOf, AlertmanagerSilent, type AskAlertmanager } from "../alertmanager.ts";
import { visible } from "../delivery/bytes.ts";
import { prometheusOf } from "../prometheus.ts";
import type { PageContext, PageOptions } from "../view.ts";
import type { Shown } from "./inbox.tsx";
import { createToldBook, type ToldBook } from "./told_book.ts";
import { createValues, type ReadValues } from "./values.ts";

/** What they share. */
export interface AlertsContext {
  readonly options: PageOptions;
  readonly ask: AskAlertmanager;
  readonly readValues: ReadValues;
  readonly book: ToldBook;
  readonly shownTo: (c: PageContext) => Shown;
  /** Tells which curve an alert has; none where there is no Prometheus to ask for it. */
  readonly curves: () => Promise<
    (alert: Pick<Alert, "labels" | "generatorURL">) => AlertCurve | undefined
  >;
}

/** The context of the pages made of `options`. */
export function contextOf(options: PageOptions): AlertsContext {
  return {
    options,
    ask: alertmanagerOf(options),
    readValues: createValues(prometheusOf(options), options.now),
    book: createToldBook(options.archive),
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

/** What Alertmanager has, or why that is not known. */
export async function heldOr<T>(asked: () => Promise<T[]>): Promise<T[] | string> {
  try {
    return await asked();
  } catch (error) {
    if (!(error instanceof AlertmanagerSilent)) throw error;
    return error.message;
  }
}
