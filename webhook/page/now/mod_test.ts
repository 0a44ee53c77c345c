import { doesNotMatch, equal, match } from "node:assert/strict";
import { createAuth } from "../../auth/mod.ts";
import { createFeed } from "../feed.ts";
import { createPages, pageSchema, type PagesOptions } from "../mod.tsx";

const AT = Date.UTC(2026, 0, 1, 12);
const HOST = { host: "127.0.0.1:9094", "accept-language": "en" };
const READY = { ready: true, checks: [{ name: "journal", ok: true, warning: false, detail: "" }] };
const CHANNEL = {
  name: "chat",
  kind: "slack",
  queued: 0,
  dead: 0,
  circuit: "closed",
  consecutiveFailures: 0,
};
const up = (job: string, instance: string, value = "1") => ({ metric: { job, instance }, value: [0, value] });

/** What Prometheus answers, by what the query begins with. */
type Answers = Readonly<Record<string, unknown[]>>;
const curve = (instance: string, value: string, at = AT) => ({
  metric: { instance },
  values: [[at / 1_000, value]],
});
const HEALTHY: Answers = {
  up: [up("node", "web-1"), up("prometheus", "a"), up("alertmanager", "b")],
  "instance:node_cpu": [curve("web-1", "0.25")],
  "instance:node_memory": [curve("web-1", "0.5")],
  "instance:node_load": [curve("web-1", "1.5")],
  "1 - min": [curve("web-1", "0.75")],
  bottomk: [{ metric: { instance: "web-1", mountpoint: "/srv" }, value: [0, "0.25"] }],
  ALERTS: [],
};

/** The first page of a stack with these answers. */
async function read(answers: Answers | Error, more: object = {}): Promise<string> {
  const options = {
    page: () => pageSchema.parse({ prometheus: { url: "http://prometheus.test" } }),
    feed: createFeed(),
    readiness: () => READY,
    deliveries: { channels: () => [CHANNEL] },
    dataDir: "/nonexistent",
    now: () => AT,
    timezone: () => undefined,
    redact: (text: string) => text,
    fetch: (_: URL, init: RequestInit) => {
      if (answers instanceof Error) return Promise.reject(answers);
      const query = (init.body as URLSearchParams).get("query")!;
      const [, result] = Object.entries(answers).find(([start]) => query.startsWith(start))!;
      return Promise.resolve(Response.json({ status: "success", data: { result } }));
    },
    externalUrl: () => undefined,
    gate: { formTargets: () => [], sessionOf: () => undefined },
    isGated: () => false,
    auth: () => createAuth({ bearers: [], users: [], hmacs: [] }),
    isLocal: () => true,
    locale: () => "en",
    ...more,
  } as unknown as PagesOptions;
  const response = await createPages(options).request("/", { headers: HOST });
  equal(response.status, 200);
  return await response.text();
}
const headline = (text: string) => /<h1>(.*?)<\/h1>/.exec(text)![1]!;

Deno.test("createNow says that all is well, of how much, and with what it is measured", async () => {
  const text = await read(HEALTHY);
  equal(
    headline(text),
    "Everything is well: 1 host, 2 services, the alert path has not been tested from here yet.",
  );
  match(text, /data-severity="good"/);
  for (const figure of ["25%", "50%", "75%", "1.50", "/srv"]) match(text, new RegExp(`>${figure}<`));
});

Deno.test("createNow says what is wrong, the worst first", async () => {
  const firing = (alertname: string, severity: string) => ({
    metric: { alertname, severity, instance: "web-1" },
    value: [0, "1"],
  });
  const text = await read({
    ...HEALTHY,
    up: [up("node", "web-1"), up("prometheus", "a"), up("alertmanager", "b", "0")],
    ALERTS: [firing("DiskSlow", "warning"), firing("<b>", "critical")],
  }, { deliveries: { channels: () => [{ ...CHANNEL, dead: 2 }] } });
  equal(
    headline(text),
    "&lt;b&gt; fires (web-1); alertmanager does not answer; DiskSlow fires (web-1); 2 messages to chat were given up.",
  );
  match(text, /<html [^>]*data-severity="critical"/);
});

Deno.test("createNow says what is missing, and shows neither zero nor green in its place", async () => {
  const gone = await read(new Error("refused"));
  equal(headline(gone), "The state is not known: Prometheus does not answer as it should.");
  match(gone, /data-severity="unknown"[^]*Prometheus cannot be reached: refused/);
  match(gone, /It is not known which alerts fire/);
  doesNotMatch(gone, /Everything is well|No alert is firing|>0%</);

  const stale = await read({ ...HEALTHY, "instance:node_cpu": [curve("web-1", "0.25", AT - 600_000)] });
  equal(headline(stale), "Measurements are missing for web-1.");
  match(stale, /Processors[^]*?no value/);
  equal(headline(await read({ ...HEALTHY, up: [] })), "Prometheus measures nothing yet.");
});

Deno.test("createNow shows who is signed in and the way out, and links to http alone", async () => {
  const text = await read(HEALTHY, {
    isGated: () => true,
    gate: {
      formTargets: () => [],
      sessionOf: () => ({ user: "<i>", role: "viewer", source: "local", signOutProof: "made-up" }),
    },
    page: () => ({
      ...pageSchema.parse({ prometheus: { url: "http://prometheus.test" } }),
      urls: { grafana: "https://m.example/grafana/", prometheus: "javascript:alert(1)" },
    }),
    externalUrl: () => "http://127.0.0.1:9094",
  });
  match(text, /href="https:\/\/m\.example\/grafana\/">Grafana</);
  doesNotMatch(text, /javascript:|<i>/);
  match(text, /action="\/sign-on\/out"[^]*value="made-up"[^]*&lt;i&gt;, read only/);
});
