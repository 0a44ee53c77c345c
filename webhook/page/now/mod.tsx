/** `/`: how all is. */

import { Hono } from "hono";
import { shell } from "../layout.tsx";
import { prometheusOf } from "../prometheus.ts";
import { proofOf } from "../proof/proof.ts";
import type { PageEnv, PageOptions } from "../view.ts";
import { createFigures, type Figures } from "./figures.ts";
import { stateOf } from "./sentence.ts";
import { Now } from "./view.tsx";
import { WORDS } from "./words.ts";

/** The first page. */
export function createNow(options: PageOptions): Hono<PageEnv> {
  const app = new Hono<PageEnv>();
  const read = createFigures(prometheusOf(options), options.now);

  app.get("/", async (c) => {
    const { language } = c.var.visitor;
    const { prometheus, urls } = options.page();
    const none: Figures = { atMs: options.now(), problems: [] };
    const [figures, [proof]] = await Promise.all([prometheus ? read() : none, proofOf(options).results()]);
    const readiness = options.readiness();
    const state = stateOf({
      figures,
      readiness,
      channels: options.deliveries.channels(),
      proof,
      hasPrometheus: prometheus !== undefined,
      now: options.now(),
    }, language);
    return await shell(c, {
      title: WORDS[language].title,
      current: "now",
      severity: state.severity,
      children: (
        <Now
          visitor={c.var.visitor}
          timezone={options.timezone()}
          state={state}
          figures={figures}
          readiness={readiness}
          urls={urls}
        />
      ),
    });
  });
  return app;
}
