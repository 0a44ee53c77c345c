/** What tests of these pages share. */

import { createAuth } from "../../auth/mod.ts";
import { createAlertIndex } from "../../journal/alert_index.ts";
import { createArchive } from "../../journal/archive.ts";
import type { SqliteJournal } from "../../journal/mod.ts";
import { arrival, withJournal } from "../../journal/testing.ts";
import { decodeNotification } from "../../payload.ts";
import { createFeed } from "../feed.ts";
import { createPages, pageSchema, type PagesOptions } from "../mod.tsx";

const HOST = { host: "127.0.0.1:9094", "accept-language": "en" };
/** A text that wants to be more. */
export const FOREIGN = '"><script>alert(1)</script>\u202e';
/** When alerts of tests began. */
export const STARTS = "2026-01-02T03:04:05Z";

/** An alert as Alertmanager holds it. */
export const alertOf = (name: string, severity: string, more: object = {}) => ({
  fingerprint: `fp-${name}`,
  labels: { alertname: name, severity, instance: "web-1" },
  annotations: { summary: `Summary of ${name}` },
  startsAt: STARTS,
  generatorURL: "http://prometheus/graph?g0.expr=up+%3D%3D+0",
  status: { state: "active", silencedBy: [], inhibitedBy: [] },
  ...more,
});
/** What Alertmanager holds. */
export const HELD = [
  alertOf("Watchdog", "none"),
  alertOf("DiskFull", "warning"),
  alertOf("HostDown", "critical", { annotations: { summary: FOREIGN, runbook_url: "javascript:alert(1)" } }),
  alertOf("Quiet", "info", { status: { state: "suppressed", silencedBy: ["s1"], inhibitedBy: [] } }),
];
/** The silence that it has. */
export const SILENCE = {
  id: "s1",
  matchers: [{ name: "alertname", value: "Quiet|Calm", isRegex: true, isEqual: false }],
  startsAt: STARTS,
  endsAt: "2026-01-02T05:04:05Z",
  createdBy: "<b>",
  comment: "hunter2",
  status: { state: "active" },
};

/** What was asked. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

/** An answer. */
interface Got {
  readonly status: number;
  readonly text: string;
  /** Where it leads. */
  readonly location: string | null;
}

/** The pages over an Alertmanager that has HELD and SILENCE, or what `answer` gives. */
export async function withPages(
  test: (
    pages: {
      get(path: string): Promise<Got>;
      post(path: string, fields: Record<string, string>): Promise<Got>;
      readonly asked: Asked[];
      readonly lines: Record<string, unknown>[];
      /** @returns the notification's id. */
      accept(json: unknown, channels?: readonly string[]): Promise<number>;
      readonly journal: SqliteJournal;
      readonly dataDir: string;
    },
  ) => Promise<void>,
  answer?: (url: URL) => Response | Promise<Response>,
  role: "operator" | "viewer" = "operator",
  directory?: string,
  page: object = { alertmanager: { url: "http://am/x" } },
): Promise<void> {
  await withJournal(async ({ journal, clock, directory: dataDir }) => {
    const index = createAlertIndex(journal, { clock });
    const asked: Asked[] = [];
    const lines: Record<string, unknown>[] = [];
    const fetch = async (url: URL, { method = "GET", body }: RequestInit = {}) => {
      const isJson = typeof body === "string";
      asked.push({ method, path: url.pathname, ...(isJson && { body: JSON.parse(body) }) });
      if (answer) return await answer(url);
      if (url.pathname.endsWith("/alerts")) return Response.json(HELD);
      if (url.pathname.endsWith("/query")) {
        const result = [1, 2].map((i) => ({ metric: { instance: `web-${i}` }, value: [0, `${i / 4}`] }));
        return Response.json({ status: "success", data: { resultType: "vector", result } });
      }
      return method === "GET" ? Response.json([SILENCE]) : Response.json({ silenceID: "s2" });
    };
    const app = createPages({
      directory: () => directory,
      dataDir,
      page: () => pageSchema.parse({ ...page, prometheus: { url: "http://p" } }),
      archive: createArchive(journal, index),
      feed: createFeed(),
      now: () => Date.parse("2026-01-02T04:00:00Z"),
      timezone: () => undefined,
      hasRunbook: (alert: string) => alert === "DiskFull",
      redact: (text: string) => text.replaceAll("hunter2", "<secret>"),
      onDefect: () => {},
      log: { info: (_: string, facts: Record<string, unknown>) => lines.push(facts), error: () => {} },
      fetch,
      externalUrl: () => undefined,
      gate: {
        formTargets: () => [],
        sessionOf: () => ({ user: "ada", role, source: "local", signOutProof: "made-up" }),
      },
      isGated: () => true,
      auth: () => createAuth({ bearers: [], users: [], hmacs: [] }),
      isLocal: () => true,
      locale: () => "en",
    } as unknown as PagesOptions);
    const read = async (response: Response): Promise<Got> => ({
      status: response.status,
      text: await response.text(),
      location: response.headers.get("location"),
    });
    const get = async (path: string) => await read(await app.request(path, { headers: HOST }));
    await test({
      get,
      asked,
      lines,
      async post(path, fields) {
        const proof = /name="proof" value="([^"]+)"/.exec((await get("/silences")).text)![1]!;
        asked.length = 0;
        return await read(
          await app.request(path, {
            method: "POST",
            headers: { ...HOST, "content-type": "application/x-www-form-urlencoded" },
            body: String(new URLSearchParams({ proof, ...fields })),
          }),
        );
      },
      journal,
      dataDir,
      async accept(json, channels = []) {
        const notification = decodeNotification(json);
        const body = new TextEncoder().encode(JSON.stringify(json));
        return (await journal.accept(arrival(clock, {
          notification,
          body,
          deliveries: channels.map((channel) => ({ channel })),
        }))).id;
      },
    });
    await index.stop();
  });
}
