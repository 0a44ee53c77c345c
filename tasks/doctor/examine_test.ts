import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { Skipped } from "../../lib/check.ts";
import type { Diagnosis, Sighting } from "./diagnosis.ts";
import { examine, nameOf } from "./examine.ts";
import { DIAGNOSES } from "./mod.ts";
import type { Scene } from "./scene.ts";

const scene = { signal: new AbortController().signal } as Scene;

function diagnosis(
  id: `doctor/${string}`,
  result: readonly Partial<Sighting>[] | string | Error,
  rest: Partial<Diagnosis> = {},
): Diagnosis {
  return {
    id,
    area: "services",
    title: "",
    about: "",
    weight: "error",
    run() {
      if (result instanceof Error) return Promise.reject(result);
      if (typeof result === "string") return Promise.resolve(result);
      return Promise.resolve(result.map((sighting) => ({ cause: "C", evidence: [], cure: "", ...sighting })));
    },
    ...rest,
  };
}

Deno.test("examine puts a consequence behind its cause, whatever stands between them", async () => {
  const { findings } = await examine([
    diagnosis("doctor/dead", [{ subject: "prometheus" }, { subject: "webhook" }]),
    diagnosis("doctor/other", [{}], { weight: "warning" }),
    diagnosis("doctor/down", [{ subject: "webhook" }, { subject: "blackbox" }], {
      mayFollowFrom: ["doctor/dead"],
    }),
    diagnosis("doctor/late", [{ subject: "alerts", involves: ["prometheus"] }], {
      mayFollowFrom: ["doctor/dead"],
    }),
  ], scene);
  deepStrictEqual(findings.map((finding) => [nameOf(finding), finding.followsFrom]), [
    ["doctor/dead prometheus", undefined],
    ["doctor/late alerts", "doctor/dead prometheus"],
    ["doctor/dead webhook", undefined],
    ["doctor/down webhook", "doctor/dead webhook"],
    ["doctor/down blackbox", undefined],
    ["doctor/other", undefined],
  ]);
});

Deno.test("examine lets a finding about the whole stack explain any, and a note none", async () => {
  const { findings } = await examine([
    diagnosis("doctor/all", [{}]),
    diagnosis("doctor/remark", [{}], { weight: "note" }),
    diagnosis("doctor/one", [{ subject: "webhook" }], { mayFollowFrom: ["doctor/remark", "doctor/all"] }),
  ], scene);
  deepStrictEqual(findings.map(({ id, followsFrom }) => [id, followsFrom]), [
    ["doctor/all", undefined],
    ["doctor/one", "doctor/all"],
    ["doctor/remark", undefined],
  ]);
});

Deno.test("examine goes on when a diagnosis cannot look or fails", async () => {
  const { findings, areas } = await examine([
    diagnosis("doctor/skips", new Skipped("nothing runs")),
    diagnosis("doctor/fails", new TypeError("oops")),
    diagnosis("doctor/looks", [{}]),
    diagnosis("doctor/fine", "all well"),
  ], scene);
  strictEqual(findings.length, 1);
  const services = areas.find(({ area }) => area === "services");
  deepStrictEqual(services, {
    area: "services",
    seen: ["all well"],
    skipped: ["nothing runs", "doctor/fails failed: TypeError: oops"],
    findings: 1,
  });
});

Deno.test("examine ends when it is interrupted", async () => {
  const stopped = { signal: AbortSignal.abort(new Error("stop")) } as Scene;
  await rejects(examine([diagnosis("doctor/fine", "")], stopped), /stop/);
});

Deno.test("DIAGNOSES have ids of their own, a paragraph each, and follow only from earlier ones", () => {
  const ids = DIAGNOSES.map(({ id }) => id);
  strictEqual(new Set(ids).size, ids.length);
  for (const [index, { id, title, about, mayFollowFrom = [] }] of DIAGNOSES.entries()) {
    ok(/^doctor\/[a-z]+(-[a-z]+)*$/.test(id), id);
    ok(/^([A-Z]|config\.ts ).*[^.]$/.test(title), `${id}: ${title}`);
    ok(about.length > 100 && about.endsWith("."), `${id}: ${about}`);
    for (const earlier of mayFollowFrom) {
      const at = ids.indexOf(earlier as typeof id);
      ok(
        at >= 0 && at < index,
        `${id} may follow from ${earlier}, which ${at < 0 ? "is none" : "comes later"}`,
      );
    }
  }
});
