import assert from "node:assert/strict";
import { ask, askJson, askPrometheus, query, Unanswered } from "./http.ts";
import { data, fakeContext } from "./testing.ts";

Deno.test("ask says what was asked and what came", async () => {
  const context = fakeContext({
    "webhook/bad": new Response("no such thing\nmore", { status: 404 }),
    "webhook/moved": new Response(null, { status: 302, headers: { location: "/login" } }),
  });
  await assert.rejects(
    ask(context, "http://webhook/bad"),
    new Unanswered("GET http://webhook/bad was answered with 404: no such thing", 404),
  );
  await assert.rejects(
    ask(context, "http://webhook/moved"),
    new Unanswered("GET http://webhook/moved was answered with 302", 302),
  );
  await assert.rejects(
    ask(context, "http://nowhere/"),
    new Unanswered("Cannot reach http://nowhere/: connection refused"),
  );
});

Deno.test("ask names the reason of a connection that fails", async () => {
  const reasons: Record<string, string> = {
    "failed to lookup address information": "the host name is not known",
    "connection closed before message completed": "the connection was cut",
    "something new": "something new",
  };
  for (const [told, reason] of Object.entries(reasons)) {
    const fetch = () => Promise.reject(new TypeError(told));
    await assert.rejects(
      ask(fakeContext({}, { fetch }), "http://webhook/"),
      new Unanswered(`Cannot reach http://webhook/: ${reason}`),
    );
  }
});

Deno.test("ask throws the signal's reason when it is interrupted", async () => {
  const stop = new AbortController();
  const fetch = () => {
    stop.abort(new Error("enough"));
    return Promise.reject(new TypeError("aborted"));
  };
  await assert.rejects(
    ask(fakeContext({}, { fetch, signal: stop.signal }), "http://webhook/"),
    /^Error: enough$/,
  );
});

Deno.test("askJson suspects another program when the answer is no JSON", async () => {
  const context = fakeContext({ "grafana/api": new Response("<html>Welcome to nginx") });
  await assert.rejects(askJson(context, "http://grafana/api"), {
    message:
      "GET http://grafana/api was not answered with JSON: is another program on that port?: <html>Welcome to nginx",
  });
});

Deno.test("query sends the expression in the body and gives Prometheus's own error", async () => {
  const context = fakeContext({
    "prometheus/api/v1/query": async (request: Request) => {
      const expr = new URLSearchParams(await request.text()).get("query");
      return expr === "up+1"
        ? data({ resultType: "vector", result: [{}] })
        : Response.json({ status: "error", errorType: "bad_data", error: "unexpected end of input" }, {
          status: 400,
        });
    },
  });
  assert.equal((await query(context, "up+1")).result.length, 1);
  await assert.rejects(query(context, "sum("), { message: "bad_data: unexpected end of input" });
});

Deno.test("askPrometheus refuses an answer without data", async () => {
  const context = fakeContext({ "prometheus/api/v1/rules": {} });
  await assert.rejects(askPrometheus(context, "/api/v1/rules"), {
    message: "http://prometheus/api/v1/rules was answered without data",
  });
});
