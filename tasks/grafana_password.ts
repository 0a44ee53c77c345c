/** Giving Grafana a changed administrator's password: it takes the one in its settings only when it makes its database. */

import { join } from "node:path";
import { readIfThere } from "../lib/files.ts";
import { type Engine, NotReady } from "./engine/engine.ts";
import { forgetPrevious, GRAFANA_PASSWORD, previousPasswords } from "./secrets.ts";
import { ask, Unanswered } from "./smoke/http.ts";

/** A Grafana that runs. */
export interface RunningGrafana {
  /** Base URL, as tasks on this machine reach it. */
  readonly url: string;
  /** Login of the administrator. */
  readonly user: string;
  /** Absolute path of the state directory. */
  readonly stateDir: string;
  /** Name of the stack and of its engine. */
  readonly stack: string;
  readonly engine: Engine["name"];
  readonly signal: AbortSignal;
}

/**
 * Makes Grafana take the password of the state directory, if that is new since it was last seen to, and proves it by a login. Interrupted, the
 * next call completes it.
 *
 * @returns `changed` when its database had another; undefined when there was nothing to do.
 * @throws {NotReady} when it has neither this password nor the one before, or does not answer as Grafana does.
 */
export async function settleGrafanaPassword(
  grafana: RunningGrafana,
): Promise<"changed" | "proved" | undefined> {
  const { stateDir } = grafana;
  const previous = await previousPasswords(stateDir);
  const password = await readIfThere(join(stateDir, GRAFANA_PASSWORD));
  if (previous === undefined || password === undefined) return undefined;
  try {
    const had = await logsIn(grafana, password);
    if (!had) {
      const before = await firstThatLogsIn(grafana, previous);
      if (before === undefined) throw unknown(grafana);
      await change(grafana, before, password);
      if (!await logsIn(grafana, password)) {
        throw new NotReady("grafana", "Grafana said that it changed its password, and refuses it", [], CURE);
      }
    }
    await forgetPrevious(stateDir);
    return had ? "proved" : "changed";
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    throw new NotReady("grafana", `Cannot give Grafana its password: ${error.message}`, [], CURE);
  }
}

const CURE = "`deno task logs grafana` shows why; then run the same command again";

/** Whether Grafana lets the administrator in. Source: `POST /login` is what its own page sends. */
async function logsIn(grafana: RunningGrafana, password: string): Promise<boolean> {
  const { status } = await ask({ fetch, signal: grafana.signal }, `${grafana.url}/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user: grafana.user, password }),
    statuses: [200, 401],
  });
  return status === 200;
}

// Grafana shuts out who fails five times within five minutes, and one attempt has been made.
const MOST_TRIED = 3;

async function firstThatLogsIn(
  grafana: RunningGrafana,
  passwords: readonly string[],
): Promise<string | undefined> {
  // The oldest one is what it had before any of them was to be changed.
  const tried = [...passwords.slice(0, MOST_TRIED - 1), ...passwords.slice(MOST_TRIED - 1).slice(-1)];
  for (const password of tried) if (await logsIn(grafana, password)) return password;
  return undefined;
}

/** Source: grafana.com/docs/grafana/latest/developers/http_api/admin, "Password for user", which wants basic authentication. */
async function change(grafana: RunningGrafana, before: string, password: string): Promise<void> {
  const { url, user, signal } = grafana;
  const credentials = new TextEncoder().encode(`${user}:${before}`);
  const headers = {
    authorization: `Basic ${btoa(String.fromCharCode(...credentials))}`,
    "content-type": "application/json",
  };
  const { text } = await ask({ fetch, signal }, `${url}/api/user`, { headers });
  const { id } = JSON.parse(text) as { id?: unknown };
  if (typeof id !== "number") throw new Unanswered(`GET ${url}/api/user names no user`);
  await ask({ fetch, signal }, `${url}/api/admin/users/${id}/password`, {
    method: "PUT",
    headers,
    body: JSON.stringify({ password }),
  });
}

function unknown({ stateDir, stack, engine }: RunningGrafana): NotReady {
  const path = join(stateDir, GRAFANA_PASSWORD);
  const program = engine === "docker" ? `docker exec -i ${stack}-grafana-1 grafana` : "grafana";
  return new NotReady(
    "grafana",
    "Grafana refuses the administrator's password of the state directory: its database has another one, which is not known here",
    [],
    `set it by hand: \`${program} cli admin reset-admin-password --password-from-stdin < ${path}\`, then run the same command again`,
  );
}
