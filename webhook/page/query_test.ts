import { deepEqual, equal, match } from "node:assert/strict";
import { createQueries } from "./query.ts";
import { MAX_ANSWER_BYTES } from "./prometheus.ts";

const GOOD = '{"status":"success","data":{"resultType":"vector","result":[]}}';

/** The routes, with a Prometheus that answers by `answer`; what it was asked is in `asked`. */
function queries(answer: (request: Request) => Response | Promise<Response> = () => json(GOOD)) {
  const asked: Request[] = [];
  const app = createQueries({
    page: () => ({
      prometheus: { url: "http://prometheus.test/base", scrapeSeconds: 15 },
      urls: {},
      hosts: [],
      open: false,
    }),
    redact: (text) => text.replaceAll("hunter2", "<secret>"),
    fetch: (input, init) => {
      const request = new Request(input, init);
      asked.push(request.clone());
      return Promise.resolve(answer(request));
    },
  });
  return { asked, get: (path: string, method = "GET") => app.request(path, { method }) };
}

function json(text: string, status = 200): Response {
  return new Response(text, { status, headers: { "content-type": "application/json" } });
}

Deno.test("createQueries asks Prometheus for the four read paths and gives its JSON as it is", async () => {
  const { asked, get } = queries();
  const paths = [
    ["/page/query?expr=up&time=10", "POST /base/api/v1/query"],
    ["/page/query_range?expr=up&start=0&end=60&step=15", "POST /base/api/v1/query_range"],
    ["/page/labels/instance/values?match=up", "GET /base/api/v1/label/instance/values"],
    ["/page/series?match[]=up&match=ALERTS", "POST /base/api/v1/series"],
  ] as const;
  for (const [path, expected] of paths) {
    const answer = await get(path);
    equal(answer.status, 200, path);
    equal(await answer.text(), GOOD);
    const { method, url } = asked.at(-1)!;
    equal(`${method} ${new URL(url).pathname}`, expected);
  }
  equal(await asked[1]!.text(), "query=up&start=0&end=60&step=15&timeout=5s");
  equal(await asked[3]!.text(), "match%5B%5D=ALERTS&match%5B%5D=up");
});

Deno.test("createQueries refuses what is not in the list, without asking Prometheus", async () => {
  const { asked, get } = queries();
  const bad: [path: string, status: number, method?: string][] = [
    ["/page/query", 400],
    ["/page/query?expr=up&expr=down", 400],
    ["/page/query?expr=up&stats=all", 400],
    [`/page/query?expr=${"u".repeat(10_001)}`, 400],
    ["/page/query?expr=up", 405, "POST"],
    ["/page/query_range?expr=up&start=60&end=0&step=15", 400],
    ["/page/query_range?expr=up&start=0&end=11000&step=1", 400],
    ["/page/query_range?expr=up&start=0&end=60&step=0", 400],
    ["/page/query_range?expr=up&start=x&end=60&step=1", 400],
    ["/page/labels/in%2Fstance/values", 400],
    ["/page/labels/..%2F..%2Fadmin/values", 400],
    ["/page/series", 400],
    ["/page/admin/tsdb/delete_series", 404],
    ["/page/status/config", 404],
  ];
  for (const [path, status, method] of bad) equal((await get(path, method)).status, status, path);
  deepEqual(asked, []);
  match(
    (await (await get("/page/query_range?expr=up&start=0&end=11000&step=1")).json()).error,
    /11000 points/,
  );
});

Deno.test("createQueries says what is wrong with Prometheus's answer", async () => {
  const answers: [response: () => Response | Promise<Response>, status: number, error: RegExp][] = [
    [() => json('{"status":"error","error":"parse error: hunter2"}', 400), 422, /^parse error: <secret>$/],
    [() => json('{"status":"error","error":"query timed out"}', 503), 504, /timed out/],
    [
      () => new Response("<h1>Hello</h1>", { headers: { "content-type": "text/html" } }),
      502,
      /is none: HTTP 200/,
    ],
    [() => json("{}"), 502, /is none/],
    [
      () => new Response(null, { status: 302, headers: { location: "http://elsewhere.test/" } }),
      502,
      /HTTP 302/,
    ],
    [() => json(GOOD + " ".repeat(MAX_ANSWER_BYTES)), 502, /larger than 8 MB/],
    [
      () => Promise.reject(new TypeError("fetch failed", { cause: new Error("Connection refused") })),
      502,
      /Connection refused/,
    ],
  ];
  for (const [response, status, error] of answers) {
    const answer = await queries(response).get("/page/query?expr=up");
    equal(answer.status, status, String(error));
    match((await answer.json()).error, error);
  }
});

Deno.test("createQueries asks Prometheus eight things at a time and answers all", async () => {
  let running = 0;
  let most = 0;
  const { get } = queries(async () => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    await new Promise((next) => queueMicrotask(() => next(undefined)));
    running--;
    return json(GOOD);
  });
  const answers = await Promise.all(Array.from({ length: 40 }, () => get("/page/query?expr=up")));
  deepEqual(answers.map(({ status }) => status), Array.from({ length: 40 }, () => 200));
  equal(most, 8);
});
