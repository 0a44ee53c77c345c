/** The entry alone, for tests: the real Caddy with the generated configuration, before services that say what reached them. */

import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type EntryLinks, type EntryService, renderEntry } from "../../../entry/mod.ts";
import { run } from "../../../lib/process.ts";
import { binary } from "../../../tasks/binaries/mod.ts";
import { freePort } from "../../free_port.ts";

const DEADLINE_MS = 20_000;
const POLL_MS = 50;

/** What a service behind the entry was asked. */
export interface Reached {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
}

/** A service that remembers what it was asked. */
export interface FakeService extends AsyncDisposable {
  readonly address: string;
  readonly reached: Reached[];
}

/** Starts one. @param answer What it says; 200 by default. */
export function fakeService(
  answer: (request: Request) => Response | Promise<Response> = () => new Response("here"),
): FakeService {
  const reached: Reached[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname, search } = new URL(request.url);
    reached.push({ method: request.method, path: pathname + search, headers: request.headers });
    try {
      await request.arrayBuffer();
    } catch {
      return new Response("cut off", { status: 400 });
    }
    return await answer(request);
  });
  return {
    address: `127.0.0.1:${server.addr.port}`,
    reached,
    [Symbol.asyncDispose]: async () => await server.shutdown(),
  };
}

/** A running entry. */
export interface Door extends AsyncDisposable {
  readonly url: string;
  readonly http: string;
  readonly metrics: string;
  /** Asks it as somebody who trusts its authority. Redirects are not followed. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Makes it take another configuration, as `up` does. */
  reload(changes: Partial<EntryLinks>): Promise<void>;
}

/** Opens an entry called `localhost`. @param services Behind it; their URLs are below its own. */
export async function openDoor(
  gate: string,
  services: readonly (Omit<EntryService, "url"> & { readonly path: string })[],
): Promise<Door> {
  const directory = await Deno.makeTempDir({ prefix: "vigie-door-" });
  const ports = { https: freePort(), http: freePort(), metrics: freePort() };
  const url = `https://localhost:${ports.https}`;
  const links: EntryLinks = {
    stack: "door",
    tls: { mode: "internal" },
    name: "localhost",
    aliases: [],
    hsts: true,
    bind: "127.0.0.1",
    metricsBind: "127.0.0.1",
    ports,
    admin: "admin.sock",
    storage: ".",
    gate,
    services: services.map(({ path, ...service }) => ({ ...service, url: url + path })),
  };
  const { path: program } = await binary("caddy");
  const file = join(directory, "Caddyfile");
  const environment = { HOME: directory, XDG_CONFIG_HOME: directory, XDG_DATA_HOME: directory };
  const write = (all: EntryLinks) => Deno.writeTextFile(file, renderEntry(all).get("entry/Caddyfile")!);
  await write(links);
  const log = await Deno.open(join(directory, "log"), { write: true, create: true });
  const caddy = new Deno.Command(program, {
    args: ["run", "--config", file, "--adapter", "caddyfile"],
    cwd: directory,
    env: environment,
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const logged = caddy.stderr.pipeTo(log.writable);
  const metrics = `http://127.0.0.1:${ports.metrics}`;
  const close = async () => {
    caddy.kill();
    await caddy.status;
    await logged;
    await Deno.remove(directory, { recursive: true });
  };
  try {
    await until(async () => (await fetch(`${metrics}/health`).then(drained)).ok);
    const root = join(directory, "pki", "authorities", "local", "root.crt");
    await until(async () => (await Deno.stat(join(directory, "certificates"))).isDirectory);
    const client = Deno.createHttpClient({ caCerts: [await Deno.readTextFile(root)] });
    await until(async () => (await fetch(url, { client, redirect: "manual" }).then(drained)).status > 0);
    return {
      url,
      http: `http://localhost:${ports.http}`,
      metrics,
      fetch: (path, init) => fetch(url + path, { redirect: "manual", ...init, client }),
      async reload(changes) {
        await write({ ...links, ...changes });
        const address = "unix/admin.sock";
        const { code, stderr } = await run(
          program,
          ["reload", "--config", file, "--adapter", "caddyfile", "--address", address, "--force"],
          { cwd: directory, env: environment },
        );
        if (code !== 0) throw new Error(stderr);
      },
      async [Symbol.asyncDispose]() {
        client.close();
        await close();
      },
    };
  } catch (error) {
    const said = await Deno.readTextFile(join(directory, "log"));
    await close();
    throw new Error(`Caddy did not come up: ${said}`, { cause: error });
  }
}

/** The answer without what it carries. */
export async function drained(response: Response): Promise<Response> {
  await response.body?.cancel();
  return response;
}

/** Waits until `isSo`; what throws is not so yet. */
export async function until(isSo: () => Promise<boolean>, deadlineMs = DEADLINE_MS): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (true) {
    let reason: unknown = "it is not so";
    try {
      if (await isSo()) return;
    } catch (error) {
      reason = error;
    }
    if (performance.now() > end) throw new Error("It did not come to pass in time", { cause: reason });
    await delay(POLL_MS);
  }
}
