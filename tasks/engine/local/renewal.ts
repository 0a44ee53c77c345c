/** What the supervisor watches for the entry: the certificate's files, wherever the operator's programs write them. */

import { join, resolve } from "node:path";
import { storeDir } from "../../secret_store.ts";
import type { Plan } from "./command.ts";
import { PROJECT } from "./sources.ts";
import type { Watch } from "./watcher.ts";

/** What `deno task renew` may do, as deno.json says it. */
const PERMISSIONS = ["read", "write", "env", "run", "net", "sys=uid,gid,statfs"].map((name) =>
  `--allow-${name}`
);
/** It looks for Caddy or Docker where `up` did, and for its own modules. */
const VARIABLES = [
  "PATH",
  "HOME",
  "XDG_CACHE_HOME",
  "DENO_DIR",
  "DOCKER_HOST",
  "DOCKER_CONTEXT",
  "DOCKER_CONFIG",
];

/** What makes the entry take a changed certificate; undefined when it has none of the operator's. */
export function renewalWatch(
  { stack: { tls }, target, environment }: Pick<Plan, "stack" | "target" | "environment">,
): Watch | undefined {
  if (tls.mode !== "files") return undefined;
  const { key } = tls;
  const { configDir, buildDir, stateDir } = target;
  return {
    files: [
      resolve(configDir, tls.certificate),
      ...("file" in key ? [resolve(configDir, key.file)] : []),
      ...("secret" in key ? [join(storeDir(stateDir), key.secret)] : []),
    ],
    command: renewCommand({ configDir, buildDir, stateDir }),
    env: Object.fromEntries(VARIABLES.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    })),
    cwd: stateDir,
  };
}

/** The command line of `deno task renew`, for who starts it without a terminal. */
function renewCommand(
  { configDir, buildDir, stateDir }: Pick<Plan["target"], "configDir" | "buildDir" | "stateDir">,
): string[] {
  return [
    ...[Deno.execPath(), "run", "--quiet", "--no-prompt", `--config=${join(PROJECT, "deno.json")}`],
    ...PERMISSIONS,
    join(PROJECT, "tasks", "renew.ts"),
    // What runs is read from the state directory; of this its directory counts.
    ...["--config", join(configDir, "config.ts"), "--build", buildDir, "--state", stateDir],
  ];
}
