/** A stack with its entry that a test brings up by the tasks, as people do. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { portsOf, SERVICES } from "../../../compose/services/mod.ts";
import { run } from "../../../lib/process.ts";
import { freePort } from "../../free_port.ts";

const PROJECT = fileURLToPath(new URL("../../../", import.meta.url));
const PERMISSIONS = ["read", "write", "env", "run", "net", "sys"].map((name) => `--allow-${name}`);

/** The entry's address: only this machine has it, and it is another than the services'. */
export const DOOR = "127.0.0.2";

/** A stack of the test's own; nothing runs yet. */
export interface EntryStack extends AsyncDisposable {
  readonly root: string;
  readonly buildDir: string;
  readonly stateDir: string;
  readonly ports: Readonly<Record<string, number>>;
  /** Its entry, by its address. */
  readonly url: string;
  /** Runs a task, and says how it ended. */
  attempt(task: string, ...args: string[]): ReturnType<typeof run>;
  /** Runs a task that has to succeed. @returns its standard output. */
  task(task: string, ...args: string[]): Promise<string>;
  /** Brings it up with these keys of config.ts, `bind` and `ports` given. @returns what was done, by service. */
  up(keys: string): Promise<Record<string, string>>;
  /** From now on its entry is asked by somebody who trusts the certificate at `path` alone. */
  trust(path: string): Promise<Deno.HttpClient>;
  /** Asks its entry; redirects are not followed. */
  get(path: string, init?: RequestInit): Promise<Response>;
  /** The password of its first user. */
  password(): Promise<string>;
}

/** Makes one. */
export async function makeEntryStack(): Promise<EntryStack> {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "vigie-entry-" }));
  // Containers are other users.
  await Deno.chmod(root, 0o755);
  const ports = Object.fromEntries(SERVICES.flatMap(portsOf).map(([key]) => [key, freePort()]));
  const [config, buildDir, stateDir] = [join(root, "config.ts"), join(root, "build"), join(root, "state")];
  const url = `https://${DOOR}:${ports.entry}`;
  let client: Deno.HttpClient | undefined;
  let isConfigured = false;
  const attempt = (task: string, ...args: string[]) =>
    run(Deno.execPath(), [
      ...["run", "--quiet", "--no-check", ...PERMISSIONS, join(PROJECT, "tasks", `${task}.ts`)],
      ...["--config", config, "--build", buildDir, "--state", stateDir, ...args],
    ], { cwd: PROJECT, timeoutMs: 180_000 });
  const succeed = async (...words: [task: string, ...args: string[]]) => {
    const done = await attempt(...words);
    if (done.code !== 0) {
      throw new Error(`"${words[0]}" ended with ${done.code}: ${done.stderr}${done.stdout}`);
    }
    return done.stdout;
  };
  return {
    ...{ root, buildDir, stateDir, ports, url, attempt },
    task: succeed,
    async up(keys) {
      isConfigured = true;
      await Deno.writeTextFile(
        config,
        `import { defineStack, secretFile } from "vigie";
export default defineStack({
  locale: "en", bind: "${DOOR}", ports: ${JSON.stringify(ports)},
  ${keys}
});
`,
      );
      const { services } = JSON.parse(await succeed("up", "--json"));
      return Object.fromEntries(
        services.map(({ service, action }: Record<string, string>) => [service, action]),
      );
    },
    async trust(path) {
      client?.close();
      return client = Deno.createHttpClient({ caCerts: [await Deno.readTextFile(path)] });
    },
    get: (path, init = {}) => fetch(new URL(path, url), { redirect: "manual", ...init, client }),
    password: async () =>
      (await Deno.readTextFile(join(stateDir, "secrets/webhook/sign-on-admin-password"))).trim(),
    async [Symbol.asyncDispose]() {
      client?.close();
      if (isConfigured) await succeed("clean", "--yes");
      await Deno.remove(root, { recursive: true });
    },
  };
}
