/** `/proof`: runs a test of the alert path and shows what tests have shown. */

import { Hono } from "hono";
import type { Locale } from "../../../lib/text.ts";
import { auditTo } from "../audit.ts";
import { shell } from "../layout.tsx";
import { secondsText } from "../numbers.ts";
import { Time } from "../time.tsx";
import { mayAct, type PageContext, type PageEnv, type PageOptions } from "../view.ts";
import { proofOf } from "./proof.ts";
import type { Hop, ProofResult } from "./result.ts";
import { WORDS } from "./words.ts";

/** Milliseconds between two looks of the open page. */
const LIVE_MS = 1_000;
const IDLE_MS = 15_000;

/** The page, and the form that begins a test. */
export function createProofs(options: PageOptions): Hono<PageEnv> {
  const app = new Hono<PageEnv>();
  const proof = proofOf(options);
  const audit = auditTo(options);
  app.get("/proof", async (c) => await show(c, options));
  app.post("/proof", async (c) => {
    const { visitor } = c.var;
    if (!proof.begin(visitor.user)) {
      const { busy } = WORDS[visitor.language];
      audit.refused(visitor, { act: "proof" }, busy);
      return await show(c, options, busy);
    }
    audit.done(visitor, { act: "proof" });
    return c.body(null, 303, { location: "/proof", "cache-control": "no-store" });
  });
  return app;
}

async function show(c: PageContext, options: PageOptions, problem?: string): Promise<Response> {
  const { visitor } = c.var;
  const { language, proof: formProof } = visitor;
  const words = WORDS[language];
  const proof = proofOf(options);
  const walking = proof.walking();
  const [last, ...earlier] = await proof.results();
  const timezone = options.timezone();
  return await shell(c, {
    title: words.title,
    current: "proof",
    status: problem === undefined ? 200 : 409,
    children: (
      <>
        <section class="panel stack-y">
          <div class="row spread">
            <h1>{words.title}</h1>
            {mayAct(visitor)
              ? (
                <form method="post" action="/proof">
                  <input type="hidden" name="proof" value={formProof} />
                  <button class="button" type="submit">{words.run}</button>
                </form>
              )
              : <p class="soft">{words.readOnly}</p>}
          </div>
          <p class="soft measure">{words.about}</p>
          {!options.page().prometheus && <p class="notice">{words.fromAlertmanager}</p>}
          {problem !== undefined && <p class="notice" data-severity="warning" role="alert">{problem}</p>}
        </section>
        <div id="proofs" class="stack-y" data-refresh={walking ? LIVE_MS : IDLE_MS}>
          {walking && (
            <section class="panel" aria-labelledby="running">
              <div class="panel-head">
                <h2 id="running" role="status">{words.running}</h2>
                <span class="faint">
                  <Time at={walking.startedMs} language={language} timezone={timezone} relative />
                </span>
              </div>
              <Hops hops={walking.hops} language={language} />
              <noscript>
                <p>
                  <a href="/proof">{words.reload}</a>
                </p>
              </noscript>
            </section>
          )}
          {last && <Last result={last} language={language} timezone={timezone} />}
          {!last && !walking && <p class="panel empty">{words.none}</p>}
          {earlier.length > 0 && (
            <section class="panel" aria-labelledby="earlier">
              <div class="panel-head">
                <h2 id="earlier">{words.earlier}</h2>
              </div>
              <Earlier results={earlier} language={language} timezone={timezone} />
            </section>
          )}
        </div>
      </>
    ),
  });
}

interface Shown {
  readonly language: Locale;
  readonly timezone: string | undefined;
}

function Last({ result, language, timezone }: Shown & { readonly result: ProofResult }) {
  const words = WORDS[language];
  return (
    <section class="panel" aria-labelledby="last">
      <div class="panel-head">
        <h2 id="last">
          {words.last} <Outcome outcome={result.outcome} language={language} />
        </h2>
        <span class="faint">
          {secondsText(result.tookMs, language)}
          {" · "}
          <Time at={result.endedMs} language={language} timezone={timezone} relative />
        </span>
      </div>
      <Hops hops={result.hops} language={language} />
    </section>
  );
}

function Hops({ hops, language }: { readonly hops: readonly Hop[]; readonly language: Locale }) {
  const words = WORDS[language];
  return (
    <div class="table-frame">
      <table class="table hops">
        <thead>
          <tr>
            <th scope="col">{words.hop}</th>
            <th scope="col">{words.outcome}</th>
            <th scope="col" class="number">{words.elapsed}</th>
          </tr>
        </thead>
        <tbody>
          {hops.map(({ name, channel = "", outcome, elapsedMs, why, reason }) => (
            <tr>
              <td>
                {words.hops[name](channel)}
                {(why ?? reason) !== undefined && <p class="error">{why ? words.whys[why] : reason}</p>}
              </td>
              <td>
                <Outcome outcome={outcome} language={language} />
              </td>
              <td class="number">{elapsedMs === undefined ? "" : secondsText(elapsedMs, language)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {hops.some(({ name }) => name === "ended") && <p class="faint">{words.sinceEnd}</p>}
    </div>
  );
}

function Earlier(
  { results, language, timezone }: Shown & { readonly results: readonly ProofResult[] },
) {
  const words = WORDS[language];
  return (
    <div class="table-frame">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{words.when}</th>
            <th scope="col">{words.outcome}</th>
            <th scope="col" class="number">{words.took}</th>
            <th scope="col">{words.by}</th>
          </tr>
        </thead>
        <tbody>
          {results.map(({ endedMs, outcome, tookMs, by, hops }) => (
            <tr>
              <td>
                <Time at={endedMs} language={language} timezone={timezone} />
              </td>
              <td>
                <Outcome outcome={outcome} language={language} />{" "}
                <span class="soft">
                  {hops.filter((hop) => hop.outcome === "failed")
                    .map(({ name, channel = "" }) => words.hops[name](channel)).join(", ")}
                </span>
              </td>
              <td class="number">{secondsText(tookMs, language)}</td>
              <td>{by ?? ""}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const SEVERITIES = { passed: "good", failed: "critical", waiting: "info", skipped: undefined } as const;

function Outcome({ outcome, language }: { readonly outcome: Hop["outcome"]; readonly language: Locale }) {
  return <span class="badge" data-severity={SEVERITIES[outcome]}>{WORDS[language][outcome]}</span>;
}
