/** The gate for a test: a clock that is set by hand, a log that is kept, and a browser that keeps cookies. */

import { createLog } from "../log.ts";
import { createFakeClock } from "../testing/fake_clock.ts";
import { createGate } from "./gate.ts";
import { createSessions } from "./sessions.ts";
import type { SessionFile } from "./session_file.ts";
import type { SignOnSettings } from "./settings.ts";

/** Where the test's stack is. */
export const ENTRY = "https://stack.example.org:8443";

/** Settings with one local user of each role. */
export const SETTINGS: SignOnSettings = {
  urls: {
    webhook: ENTRY,
    prometheus: `${ENTRY}/prometheus`,
    alertmanager: `${ENTRY}/alertmanager`,
    grafana: `${ENTRY}/grafana`,
    blackbox: `${ENTRY}/blackbox`,
  },
  users: [
    { name: "admin", role: "admin", secret: "admin-pass" },
    { name: "olga", role: "operator", secret: "olga-pass" },
    { name: "vera", role: "viewer", secret: "vera-pass" },
  ],
  roles: { admin: ["sre"], operator: ["oncall"], viewer: [] },
  idleMs: 2 * 60 * 60_000,
  longestMs: 12 * 60 * 60_000,
};

/** What a test may set. */
export interface TestGateOptions {
  readonly settings?: Partial<SignOnSettings>;
  readonly open?: () => SessionFile;
  /** Refusals are told at multiples of this, ms; at once by default, as real directories answer in real time. */
  readonly evenMs?: number;
}

/** A gate without a server. */
export function createTestGate({ settings, open, evenMs = 0 }: TestGateOptions = {}) {
  const clock = createFakeClock(Date.parse("2026-11-22T10:00:00.000Z"));
  const state = { settings: { ...SETTINGS, ...settings } as SignOnSettings | undefined };
  const logged: string[] = [];
  const problems: string[] = [];
  const sessions = createSessions({
    open,
    limits: () => state.settings ?? SETTINGS,
    now: clock.now,
    onProblem: (problem) => void problems.push(problem),
  });
  const gate = createGate({
    settings: () => state.settings,
    locale: () => "fr",
    sessions,
    clock,
    log: createLog((line) => void logged.push(line), clock.now),
    evenMs,
  });
  return { ...gate, clock, logged, problems, sessions, state, browser: () => createBrowser(gate) };
}

/** What a test asks as a browser. */
export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
}

/** Keeps cookies, and asks as a browser does. */
export function createBrowser(gate: Pick<ReturnType<typeof createGate>, "app">) {
  const cookies = new Map<string, string>();

  async function ask(path: string, { method = "GET", headers = {}, form }: Asking = {}): Promise<Response> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await gate.app.request(path, {
      method: form ? "POST" : method,
      headers: {
        "x-forwarded-for": "203.0.113.7",
        "x-forwarded-host": new URL(ENTRY).host,
        accept: "text/html,*/*;q=0.8",
        "accept-language": "en",
        "sec-fetch-mode": "navigate",
        ...(cookie !== "" && { cookie }),
        ...(form && {
          origin: ENTRY,
          "sec-fetch-site": "same-origin",
          "content-type": "application/x-www-form-urlencoded",
        }),
        ...headers,
      },
      ...(form && { body: new URLSearchParams(form).toString() }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/; Max-Age=0(?:;|$)/.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  }

  /** The hidden field that proves a form. */
  const proofOn = (page: string) => /name="proof" value="([^"]*)"/.exec(page)?.[1] ?? "";

  return {
    cookies,
    ask,
    proofOn,
    /** Fills in the form and posts it. */
    async signIn(user: string, password: string, to = "/", others: Asking = {}): Promise<Response> {
      const page = await (await ask(`/sign-on?to=${encodeURIComponent(to)}`)).text();
      return await ask("/sign-on", { ...others, form: { user, password, to, proof: proofOn(page) } });
    },
    /** What the entry asks of a request. */
    verify: (uri: string, method = "GET", headers: Readonly<Record<string, string>> = {}) =>
      ask("/sign-on/verify", {
        headers: { "x-forwarded-method": method, "x-forwarded-uri": uri, ...headers },
      }),
    /** Signs out by the button on the sign-in page. */
    async signOut(others: Asking = {}): Promise<Response> {
      const page = await (await ask("/sign-on")).text();
      return await ask("/sign-on/out", { form: { proof: proofOn(page) }, ...others });
    },
  };
}
