/** What both engines do over HTTP: wait until a service is ready, and make it run its new configuration. */

import { setTimeout as delay } from "node:timers/promises";
import { differences, type PrintedForm } from "../../lib/differences.ts";
import type { Files } from "../../lib/files.ts";
import { fromYaml } from "../../lib/yaml.ts";
import { alertmanagerDrift } from "../../prometheus/alertmanager/mod.ts";
import { prometheusDrift } from "../../prometheus/mod.ts";

const POLL_MS = 100;
const REQUEST_TIMEOUT_MS = 5_000;
// A reload answers when it is done; what takes longer is a file share that shows the new files late.
const VERIFY_MS = 10_000;
const NONE = /(?!)/;
const BLACKBOX_FORM: PrintedForm = {
  names: {},
  durations: /timeout$/,
  paths: NONE,
  unordered: NONE,
  closed: /^modules$/,
};

/** How long to wait, and what ends the wait early. */
export interface ReadyOptions {
  readonly signal: AbortSignal;
  /** Longest wait from now, milliseconds. */
  readonly deadlineMs: number;
  /** Why there is no point in waiting any longer, such as "it exited with code 1"; undefined while there is. */
  readonly alive?: () => Promise<string | undefined>;
}

/**
 * Waits until `url` + `path` answers 2xx.
 *
 * @returns undefined when it does, else why it did not in time: one sentence for people.
 * @throws the reason of `signal` when it aborts.
 */
export async function waitReady(
  url: string,
  path: string,
  { signal, deadlineMs, alive }: ReadyOptions,
): Promise<string | undefined> {
  const end = performance.now() + deadlineMs;
  while (true) {
    const dead = await alive?.();
    if (dead !== undefined) return dead;
    const answer = await request(`${url}${path}`, signal);
    if (answer.ok) return undefined;
    if (performance.now() >= end) {
      return `${url}${path} did not become ready within ${
        Math.round(deadlineMs / 1_000)
      } s: ${answer.reason}`;
    }
    await delay(POLL_MS, undefined, { signal });
  }
}

/** How the running configuration differs from `files`; empty when it is the same. A service that does not answer differs. */
export type Drift = (url: string, files: Files, signal: AbortSignal) => Promise<string[]>;

/** A service did not answer; the message says to what, and why. */
export class Unanswered extends Error {
  override readonly name = "Unanswered";
}

/**
 * Differences between what Prometheus at `url` runs and `prometheus/**` of `files`.
 *
 * @throws {Unanswered} when it does not say what it runs; `driftOfPrometheus` gives that as a difference.
 */
export const differencesOfPrometheus: Drift = async (url, files, signal) => {
  const config = await request(`${url}/api/v1/status/config`, signal);
  if (!config.ok) throw new Unanswered(config.reason);
  const rules = await request(`${url}/api/v1/rules`, signal);
  if (!rules.ok) throw new Unanswered(rules.reason);
  return prometheusDrift(files, {
    configYaml: JSON.parse(config.text).data.yaml,
    rules: JSON.parse(rules.text).data,
  });
};

/** Like `differencesOfPrometheus`, for Alertmanager and `alertmanager/alertmanager.yml`. */
export const differencesOfAlertmanager: Drift = async (url, files, signal) => {
  const status = await request(`${url}/api/v2/status`, signal);
  if (!status.ok) throw new Unanswered(status.reason);
  return alertmanagerDrift(files, { original: JSON.parse(status.text).config.original });
};

/** Like `differencesOfPrometheus`, for the blackbox exporter and `blackbox/blackbox.yml`. */
export const differencesOfBlackbox: Drift = async (url, files, signal) => {
  const text = files.get("blackbox/blackbox.yml");
  if (text === undefined) return [];
  const config = await request(`${url}/config`, signal);
  if (!config.ok) throw new Unanswered(config.reason);
  return differences(fromYaml(text), fromYaml(config.text), BLACKBOX_FORM);
};

/** Like `differencesOfPrometheus`; that it does not answer is a difference. */
export const driftOfPrometheus = silenceToo(differencesOfPrometheus);
/** Like `driftOfPrometheus`, for Alertmanager. */
export const driftOfAlertmanager = silenceToo(differencesOfAlertmanager);
/** Like `driftOfPrometheus`, for the blackbox exporter. */
export const driftOfBlackbox = silenceToo(differencesOfBlackbox);

function silenceToo(differences: Drift): Drift {
  return async (url, files, signal) => {
    try {
      return await differences(url, files, signal);
    } catch (error) {
      if (error instanceof Unanswered) return [error.message];
      throw error;
    }
  };
}

/**
 * Makes Prometheus read its files again, and verifies that it runs what `files` says.
 *
 * @returns the differences that are left; empty when the new configuration is the one that runs.
 */
export function reloadPrometheus(url: string, files: Files, signal: AbortSignal): Promise<string[]> {
  return reloadUntilSame(url, files, signal, driftOfPrometheus);
}

/** Like `reloadPrometheus`, for Alertmanager. */
export function reloadAlertmanager(url: string, files: Files, signal: AbortSignal): Promise<string[]> {
  return reloadUntilSame(url, files, signal, driftOfAlertmanager);
}

/** Like `reloadPrometheus`, for the blackbox exporter. */
export function reloadBlackbox(url: string, files: Files, signal: AbortSignal): Promise<string[]> {
  return reloadUntilSame(url, files, signal, driftOfBlackbox);
}

/**
 * Makes the webhook read its file again, and verifies that it did.
 *
 * @param hangUp Sends it SIGHUP.
 * @returns why it still runs what it ran before; empty when it runs the new file.
 */
export async function reloadWebhook(
  url: string,
  hangUp: () => Promise<void>,
  signal: AbortSignal,
): Promise<string[]> {
  const before = await request(`${url}/metrics`, signal);
  if (!before.ok) return [before.reason];
  const then = metric(before.text, "vigie_webhook_config_last_reload_success_timestamp_seconds");
  // One that has refused a file before says so until it takes another.
  const hadRefused = metric(before.text, "vigie_webhook_config_last_reload_successful") === 0;
  const refused = "The webhook refused webhook/webhook.json and keeps what it had: its log says why";
  await hangUp();
  const end = performance.now() + VERIFY_MS;
  while (true) {
    const now = await request(`${url}/metrics`, signal);
    if (!now.ok) return [now.reason];
    if (metric(now.text, "vigie_webhook_config_last_reload_success_timestamp_seconds") !== then) return [];
    const isRefused = metric(now.text, "vigie_webhook_config_last_reload_successful") === 0;
    if (isRefused && !hadRefused) return [refused];
    if (performance.now() >= end) {
      return [
        isRefused
          ? refused
          : `The webhook did not read webhook/webhook.json again within ${VERIFY_MS / 1_000} s`,
      ];
    }
    await delay(POLL_MS, undefined, { signal });
  }
}

async function reloadUntilSame(
  url: string,
  files: Files,
  signal: AbortSignal,
  drift: Drift,
): Promise<string[]> {
  const end = performance.now() + VERIFY_MS;
  while (true) {
    const reload = await request(`${url}/-/reload`, signal, "POST");
    const differences = reload.ok ? await drift(url, files, signal) : [reload.reason];
    // What it refused with an answer of its own stays refused: only what it has not seen yet is worth another try.
    if (differences.length === 0 || reload.status >= 400 || performance.now() >= end) return differences;
    await delay(POLL_MS, undefined, { signal });
  }
}

interface Answer {
  readonly ok: boolean;
  /** 0 when there was no answer. */
  readonly status: number;
  readonly text: string;
  /** What went wrong, one sentence; `""` when `ok`. */
  readonly reason: string;
}

async function request(url: string, signal: AbortSignal, method = "GET"): Promise<Answer> {
  signal.throwIfAborted();
  const timeout = new AbortController();
  const timer = setTimeout(
    () => timeout.abort(new Error(`no answer within ${REQUEST_TIMEOUT_MS / 1_000} s`)),
    REQUEST_TIMEOUT_MS,
  );
  try {
    const response = await fetch(url, { method, signal: AbortSignal.any([signal, timeout.signal]) });
    const text = await response.text();
    const { ok, status } = response;
    return {
      ok,
      status,
      text,
      reason: ok ? "" : `${method} ${url} answered ${status}: ${text.trim().slice(0, 500)}`,
    };
  } catch (error) {
    signal.throwIfAborted();
    return { ok: false, status: 0, text: "", reason: `${method} ${url} failed: ${(error as Error).message}` };
  } finally {
    clearTimeout(timer);
  }
}

/** The value of a metric without labels; undefined when there is none. */
function metric(text: string, name: string): number | undefined {
  const line = text.split("\n").find((each) => each.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}
