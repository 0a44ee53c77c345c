/** For tests: a context whose services answer what a table says. */

import { byService } from "../../compose/services/mod.ts";
import { silent } from "../progress.ts";
import type { SmokeContext, SmokeResult, Step } from "./check.ts";

/** What a path answers: JSON with status 200, a whole answer, or answers one after the other, the last one for ever. */
export type Reply = unknown | Response | ((request: Request) => unknown);

/**
 * A context in which `http://SERVICE/PATH` is answered by the key `SERVICE/PATH` of `replies` (without its query); every
 * other address refuses the connection. Its clock advances by 100 ms at each look.
 */
export function fakeContext(
  replies: Readonly<Record<string, Reply>>,
  overrides: Partial<SmokeContext> = {},
): SmokeContext {
  let nowMs = 0;
  const services = ["prometheus", "alertmanager", "webhook", "grafana"] as const;
  return {
    services: new Set(services),
    urls: byService((service) => `http://${service}`),
    files: new Map(),
    grafana: {
      user: "admin",
      password: () => Promise.resolve("secret\n"),
      passwordPath: ".state/secrets/grafana/admin-password",
    },
    intervals: { scrapeMs: 20, evaluationMs: 20 },
    marginMs: 500,
    pollMs: 0,
    leftOut: {},
    status: () => Promise.resolve(services.map((service) => ({ service, state: "ready" }))),
    logs: () => Promise.resolve([]),
    fetch: async (input, init) => {
      const request = new Request(input as string, init);
      const { host, pathname } = new URL(request.url);
      const key = host + pathname;
      if (!(key in replies)) throw new TypeError("tcp connect error: Connection refused (os error 111)");
      const reply = replies[key];
      const answer = typeof reply === "function" ? await reply(request) : reply;
      return answer instanceof Response ? answer.clone() : Response.json(answer);
    },
    now: () => nowMs += 100,
    signal: new AbortController().signal,
    progress: silent,
    ...overrides,
  };
}

/** Prometheus's envelope of an answer. */
export function data(value: unknown): unknown {
  return { status: "success", data: value };
}

/** `name: outcome` of each step. */
export function outcomes({ steps }: { steps: readonly Step[] }): string[] {
  return steps.map(({ name, outcome }) => `${name}: ${outcome}`);
}

/** The message of each problem. */
export function messages({ problems }: SmokeResult): string[] {
  return problems.map(({ message }) => message);
}
