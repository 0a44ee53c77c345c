/** What the entry lets through, and what services behind it are told: the real Caddy before services that remember. */

import { deepEqual, equal, match, ok } from "node:assert/strict";
import { drained, fakeService, openDoor } from "./entry/door.ts";

/** What the gate says of whom. */
function verdictOf(request: Request): Response {
  const who = request.headers.get("authorization");
  if (who === "Basic admin") {
    return new Response(null, { headers: { "x-vigie-user": "admin", "x-vigie-role": "admin" } });
  }
  if (who === "Basic broken") return new Response("broken", { status: 500 });
  if (who === "Basic viewer") return new Response("not for you", { status: 403 });
  if (request.headers.get("accept")?.includes("text/html")) {
    return new Response(null, { status: 302, headers: { location: "/sign-on?to=%2F" } });
  }
  return new Response("who?", { status: 401, headers: { "www-authenticate": "Basic" } });
}

const ADMIN = { authorization: "Basic admin" };

Deno.test("the entry asks the gate first, and tells services who comes and from where, whatever the client says", async (t) => {
  await using gate = fakeService(verdictOf);
  let answerLater: (() => void) | undefined;
  await using prometheus = fakeService(async ({ url }) => {
    if (url.endsWith("/slow")) await new Promise<void>((resolve) => answerLater = resolve);
    return new Response("measured", {
      headers: {
        server: "Secret/1.0",
        "x-powered-by": "Magic",
        "content-security-policy": "default-src 'self'",
      },
    });
  });
  await using webhook = fakeService();
  await using grafana = fakeService();
  await using door = await openDoor(gate.address, [
    {
      name: "prometheus",
      address: prometheus.address,
      path: "/prometheus",
      closed: ["/-/reload", "/-/quit", "/api/v1/admin", "/api/v1/admin/*"],
      open: [],
    },
    { name: "grafana", address: grafana.address, path: "/grafana", closed: ["/metrics"], open: ["*"] },
    {
      name: "webhook",
      address: webhook.address,
      path: "",
      closed: ["/webhook", "/webhook/*", "/sign-on/verify"],
      open: ["/sign-on", "/sign-on/*"],
    },
  ]);
  const all = [gate, prometheus, webhook, grafana];
  const forget = () => all.forEach(({ reached }) => reached.length = 0);
  const statusOf = async (path: string, init?: RequestInit) =>
    (await drained(await door.fetch(path, init))).status;

  await t.step("nobody passes whom the gate does not know, and its answer is given", async () => {
    forget();
    const answer = await drained(await door.fetch("/prometheus/api/v1/query?query=up"));
    deepEqual([answer.status, answer.headers.get("www-authenticate")], [401, "Basic"]);
    equal(await statusOf("/", { headers: { accept: "text/html" } }), 302);
    equal(await statusOf("/prometheus/x", { headers: { authorization: "Basic viewer" } }), 403);
    equal(await statusOf("/prometheus/x", { headers: { authorization: "Basic broken" } }), 500);
    deepEqual([...prometheus.reached, ...webhook.reached], []);
    const asked = gate.reached[0]!;
    deepEqual([asked.path, asked.headers.get("x-forwarded-method")], ["/sign-on/verify", "GET"]);
    equal(asked.headers.get("x-forwarded-uri"), "/prometheus/api/v1/query?query=up");
    deepEqual([asked.headers.get("x-forwarded-proto"), asked.headers.get("x-forwarded-host")], [
      "https",
      new URL(door.url).host,
    ]);
  });

  await t.step("who passes is announced, and what a client says of that is not passed on", async () => {
    forget();
    const headers = {
      ...ADMIN,
      "x-vigie-user": "root",
      "x-vigie-role": "admin",
      "x-vigie-other": "1",
      "x-forwarded-for": "6.6.6.6",
      "x-forwarded-prefix": "/evil",
      forwarded: "for=6.6.6.6",
      "x-real-ip": "6.6.6.6",
      "x-webauth-user": "root",
    };
    equal(await statusOf("/prometheus/api/v1/query?query=up", { headers }), 200);
    const { path, headers: told } = prometheus.reached[0]!;
    equal(path, "/api/v1/query?query=up");
    deepEqual([told.get("x-vigie-user"), told.get("x-vigie-role")], ["admin", "admin"]);
    deepEqual([told.get("x-forwarded-for"), told.get("x-forwarded-proto")], ["127.0.0.1", "https"]);
    for (const name of ["x-vigie-other", "x-forwarded-prefix", "forwarded", "x-real-ip", "x-webauth-user"]) {
      equal(told.get(name), null, name);
    }
    // Whom the gate is not asked about is nobody.
    equal(await statusOf("/grafana/login", { headers }), 200);
    deepEqual(grafana.reached.map(({ path, headers }) => [path, headers.get("x-vigie-user")]), [[
      "/login",
      null,
    ]]);
    equal(await statusOf("/sign-on", { headers }), 200);
    equal(webhook.reached.at(-1)!.headers.get("x-vigie-user"), null);
  });

  await t.step("what nobody may do from elsewhere is not there, however it is spelt", async () => {
    forget();
    const closed = [
      ["POST", "/webhook"],
      ["POST", "/%77ebhook"],
      ["POST", "//webhook"],
      ["POST", "/WEBHOOK"],
      ["POST", "/webhook/"],
      ["POST", "/sign-on/../webhook"],
      ["GET", "/sign-on/verify"],
      ["POST", "/prometheus/-/reload"],
      ["POST", "/prometheus/%2d/reload"],
      ["POST", "/prometheus/-%2Freload"],
      ["POST", "/prometheus//-/quit"],
      ["PUT", "/PROMETHEUS/-/quit"],
      ["POST", "/prometheus/api/v1/admin/tsdb/snapshot"],
      ["POST", "/prometheus/api/v1/./admin/tsdb/snapshot"],
      ["GET", "/grafana/metrics"],
    ] as const;
    for (const [method, path] of closed) {
      equal(await rawStatus(door.url, method, path), 404, `${method} ${path}`);
    }
    deepEqual(all.flatMap(({ reached }) => reached), []);
    // Not guarded, and yet not a way around the guard.
    for (
      const path of [
        "/sign-on/../api/v1",
        "/sign-on/%2e%2e/api/v1",
        "/sign-on/..%2fapi/v1",
        "/sign-on/..\\api/v1",
      ]
    ) {
      const status = await rawStatus(door.url, "GET", path);
      ok(status === 401 || webhook.reached.at(-1)!.path.startsWith("/sign-on"), `${path}: ${status}`);
    }
  });

  await t.step("answers say what browsers have to know, and not what services are made of", async () => {
    const { headers } = await drained(await door.fetch("/prometheus/x", { headers: ADMIN }));
    equal(headers.get("content-security-policy"), "default-src 'self'");
    const own = (await drained(await door.fetch("/", { headers: ADMIN }))).headers;
    match(own.get("content-security-policy")!, /frame-ancestors 'self'/);
    for (const answer of [headers, own]) {
      deepEqual([answer.get("x-content-type-options"), answer.get("x-frame-options")], [
        "nosniff",
        "SAMEORIGIN",
      ]);
      for (const name of ["server", "via", "x-powered-by"]) equal(answer.get(name), null, name);
    }
    // On localhost it would hold for every other port.
    equal(own.get("strict-transport-security"), null);
  });

  await t.step(
    "HTTP leads to the same place on HTTPS, and a path without its slash to the one with it",
    async () => {
      const redirected = await drained(
        await fetch(`${door.http}/prometheus/graph?a=b`, { redirect: "manual" }),
      );
      deepEqual([redirected.status, redirected.headers.get("location")], [
        308,
        `${door.url}/prometheus/graph?a=b`,
      ]);
      const slash = await drained(await door.fetch("/prometheus"));
      deepEqual([slash.status, slash.headers.get("location")], [308, "/prometheus/"]);
    },
  );

  await t.step("another name than its own leads nowhere", async () => {
    forget();
    equal(await rawStatus(door.url, "GET", "/sign-on", { host: "evil.example.org" }), 421);
    deepEqual(all.flatMap(({ reached }) => reached), []);
    const elsewhere = await drained(
      await fetch(`${door.http}/x`, { redirect: "manual", headers: { host: "evil.example.org" } }),
    );
    equal(elsewhere.headers.get("location"), `${door.url}/x`);
  });

  await t.step("a body that is too large is refused", async () => {
    forget();
    const body = new Uint8Array(17 * 1024 * 1024);
    equal(await statusOf("/sign-on", { method: "POST", body }).catch(() => 413), 413);
  });

  await t.step("a new configuration ends no request that is under way", async () => {
    const slow = door.fetch("/prometheus/slow", { headers: ADMIN });
    while (answerLater === undefined) await drained(await door.fetch("/prometheus/x", { headers: ADMIN }));
    await door.reload({
      services: [{ name: "webhook", address: webhook.address, url: door.url, closed: [], open: ["*"] }],
    });
    equal(await statusOf("/"), 200);
    answerLater();
    const answer = await slow;
    deepEqual([answer.status, await answer.text()], [200, "measured"]);
  });

  await t.step("it tells Prometheus of itself, and nobody else", async () => {
    const text = await (await fetch(`${door.metrics}/metrics`)).text();
    match(text, /^caddy_config_last_reload_successful 1$/m);
    match(text, /^process_start_time_seconds \d/m);
    equal((await drained(await fetch(`${door.metrics}/config/`))).status, 404);
  });
});

Deno.test("the entry lets nobody in while the gate does not answer", async () => {
  await using webhook = fakeService();
  let gate: string;
  {
    await using gone = fakeService();
    gate = gone.address;
  }
  await using door = await openDoor(gate, [
    { name: "webhook", address: webhook.address, path: "", closed: [], open: [] },
  ]);
  webhook.reached.length = 0;
  equal((await drained(await door.fetch("/", { headers: ADMIN }))).status, 502);
  deepEqual(webhook.reached, []);
});

/** Asks for a path as it is written: a browser would tidy it up first. */
async function rawStatus(url: string, method: string, path: string, headers = {}): Promise<number> {
  const { request } = await import("node:https");
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const { port } = new URL(url);
  request({
    host: "localhost",
    port,
    method,
    path,
    headers,
    servername: "localhost",
    rejectUnauthorized: false,
  }, (answer) => {
    answer.resume();
    answer.on("end", () => resolve(answer.statusCode!));
  }).on("error", reject).end();
  return await promise;
}
