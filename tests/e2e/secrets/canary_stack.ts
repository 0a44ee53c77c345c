/** A stack with a canary of each kind, and the tasks as people run them: what each of them prints is kept. */

import { equal } from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type PortName, portsOf, SERVICES } from "../../../compose/services/mod.ts";
import { type Finished, run } from "../../../lib/process.ts";
import { writeStored } from "../../../tasks/secret_store.ts";
import { freePort } from "../../free_port.ts";
import { browserAt } from "../sign_on/browser.ts";
import { CANARIES, COMMAND, configText, FILE, findCanary, USER, VARIABLE } from "./canaries.ts";

const PROJECT = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const SHOWN_BEFORE = 80;
const SHOWN_AFTER = 60;

/** What people typed who were not let in, and where nobody else may read it. */
export const TYPED = "TypedCanary-wrong";

/** What is looked at from outside, by port. */
const PAGES: Partial<Record<PortName, readonly string[]>> = {
  prometheus: ["/api/v1/status/config", "/api/v1/status/flags", "/api/v1/targets", "/metrics"],
  alertmanager: ["/api/v2/status", "/api/v2/receivers", "/metrics"],
  webhook: ["/", "/metrics", "/health", "/api/v1/dead-letters", "/api/v1/notifications"],
  backup: ["/health", "/metrics"],
  "entry-metrics": ["/health", "/metrics"],
};

/** The stack. */
export interface CanaryStack {
  readonly name: string;
  readonly root: string;
  /** Path of its config.ts. */
  readonly config: string;
  readonly ports: Readonly<Record<PortName, number>>;
  /** What was seen anywhere, by where. */
  readonly told: Map<string, string>;
  task(name: string, args?: readonly string[], stdin?: string): Promise<Finished>;
  /** Runs a task that must succeed. */
  succeeds(name: string, args?: readonly string[], stdin?: string): Promise<void>;
  /** Puts every canary of the store there, but those named. */
  fillStore(...but: string[]): Promise<void>;
  /** Where a service answers on this machine. */
  url(service: PortName): string;
  /** Tells an alert that every destination fails to take. */
  tellAll(): Promise<void>;
  /** Keeps what everybody sees of the services: their pages, settings and metrics. */
  lookAtPages(): Promise<void>;
  /** People sign in, and fail to. @returns what their browsers hold, which is secret as well. */
  signIn(): Promise<string[]>;
}

/** How the stack is. */
export interface CanaryStackOptions {
  readonly name: string;
  /** Further keys of config.ts. */
  readonly more: string;
  /** Variables to add to the environment of the tasks. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Makes one in an empty directory; nothing runs yet. */
export async function makeCanaryStack(
  root: string,
  { name, more, env = {} }: CanaryStackOptions,
): Promise<CanaryStack> {
  const names = SERVICES.flatMap((service) => portsOf(service).map(([port]) => port));
  const ports = Object.fromEntries(names.map((port) => [port, freePort()])) as Record<PortName, number>;
  const config = join(root, "config.ts");
  await Deno.writeTextFile(config, configText(name, ports, more));
  for (const file of [FILE, COMMAND] as const) {
    await Deno.writeTextFile(join(root, file), `${CANARIES[file]}\n`);
  }
  const { tasks } = JSON.parse(await Deno.readTextFile(join(PROJECT, "deno.json")));
  const told = new Map<string, string>();
  const task = async (which: string, args: readonly string[] = [], stdin = ""): Promise<Finished> => {
    const permissions = tasks[which].command.split(" ").filter((word: string) => word.startsWith("--allow-"));
    const paths = ["--config", config, "--build", join(root, "build"), "--state", join(root, "state")];
    const file = join(PROJECT, "tasks", `${which}.ts`);
    const deno = ["run", "--quiet", "--no-check", `--config=${join(PROJECT, "deno.json")}`, ...permissions];
    const done = await run(Deno.execPath(), [...deno, file, ...args, ...paths], {
      stdin,
      cwd: PROJECT,
      env: { NO_COLOR: "1", VIGIE_TELEGRAM: CANARIES[VARIABLE], ...env },
      timeoutMs: 120_000,
    });
    told.set(`${which} ${args.join(" ")} (${told.size})`, done.stdout + done.stderr);
    return done;
  };
  const url = (service: PortName) => `http://127.0.0.1:${ports[service]}`;
  return {
    name,
    root,
    config,
    ports,
    told,
    task,
    url,
    async succeeds(which, args = [], stdin = "") {
      const { code, stdout, stderr } = await task(which, args, stdin);
      equal(code, 0, `${which} ${args.join(" ")}: ${stdout}${stderr}`);
    },
    async fillStore(...but) {
      for (const [canary, text] of Object.entries(CANARIES)) {
        // As the task does: a process for each would take long.
        if (![VARIABLE, FILE, COMMAND, ...but].includes(canary)) {
          await writeStored(join(root, "state"), canary, text);
        }
      }
    },
    async tellAll() {
      const labels = { alertname: "Told", told: "yes", severity: "critical" };
      const response = await fetch(`${url("alertmanager")}/api/v2/alerts`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify([{ labels, annotations: { summary: "Told" } }]),
      });
      equal(response.status, 200, await response.text());
    },
    async lookAtPages() {
      for (const [port, paths] of Object.entries(PAGES)) {
        for (const path of paths) told.set(`${port}${path}`, await textOf(url(port as PortName) + path));
      }
    },
    async signIn() {
      const entry = `https://localhost:${ports.entry}`;
      const client = Deno.createHttpClient({
        caCerts: [await Deno.readTextFile(join(root, "state", "entry-root.crt"))],
      });
      try {
        const [own, strange] = [browserAt(entry, client), browserAt(entry, client)];
        const asked = "/prometheus/api/v1/status/buildinfo";
        const response = await own.signIn(USER, CANARIES["user-password"], asked);
        equal(response.status, 303);
        told.set("the page of who signed in", (await own.ask("/sign-on")).said);
        const basic = (user: string, password: string) => ({
          headers: { accept: "*/*", authorization: `Basic ${btoa(`${user}:${password}`)}` },
        });
        const machine = browserAt(entry, client);
        equal((await machine.ask(asked, basic(USER, CANARIES["user-password"]))).status, 200);
        // The directory does not answer: neither what was typed nor what the gate would have said to it may be in what is said of that.
        for (const user of [USER, "stranger"]) {
          const refused = await strange.signIn(user, TYPED);
          told.set(`the page of ${user} who did not sign in`, refused.said);
          await machine.ask(asked, basic(user, TYPED));
        }
        told.set("the way to the provider", (await strange.ask("/sign-on/openid?to=%2F")).said);
        return response.headers.getSetCookie().flatMap((line) => /=([^;]{16,})/.exec(line)?.[1] ?? []);
      } finally {
        client.close();
      }
    },
  };
}

/** What a service answers. */
export async function textOf(url: string): Promise<string> {
  return await (await fetch(url)).text();
}

/**
 * Every file below `directory`, with what it holds, a character for each byte.
 *
 * @param but Names of directories that are passed over.
 */
export async function filesBelow(
  directory: string,
  but: readonly string[] = [],
): Promise<[path: string, text: string][]> {
  const all: [string, string][] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(directory)) {
    const path = join(directory, name);
    if (isDirectory && !but.includes(name)) {
      for (const [inside, text] of await filesBelow(path, but)) all.push([join(name, inside), text]);
    }
    if (isFile) all.push([name, new TextDecoder("latin1").decode(await Deno.readFile(path))]);
  }
  return all;
}

/** What of all that was seen holds a canary or one of `others`, with the place. */
export function leaksIn(told: ReadonlyMap<string, string>, others: readonly string[]): string[] {
  return [...told].flatMap(([what, text]) => {
    const at = [findCanary(text), ...others.map((each) => text.indexOf(each))].find((found) => found >= 0);
    return at === undefined
      ? []
      : [`${what}: …${text.slice(Math.max(0, at - SHOWN_BEFORE), at + SHOWN_AFTER)}…`];
  });
}
