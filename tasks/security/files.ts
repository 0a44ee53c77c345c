/** Modes and owners of what the stack keeps on this machine. */

import { join } from "node:path";
import { Skipped } from "../../lib/check.ts";
import type { Scene } from "../doctor/mod.ts";
import type { Finding, Rule } from "./finding.ts";

const FILES = "https://owasp.org/www-project-proactive-controls, protect data everywhere";

/** The rules about files. */
export const FILE_RULES = {
  closed: {
    id: "security/state-open",
    severity: "high",
    title: "Secrets, data and logs are closed to other users",
    cure: "chmod 700 PATH: only its owner passes",
    reference: FILES,
  },
  store: {
    id: "security/secret-mode",
    severity: "high",
    title: "Stored secrets are readable by their owner alone",
    cure: "chmod 600 PATH, and change that secret if others use this machine",
    reference: FILES,
  },
  writable: {
    id: "security/world-writable",
    severity: "high",
    title: "Nobody else can write what the stack reads",
    cure: "chmod o-w PATH, after a look at who wrote it",
    reference: "CIS Debian Linux 12 Benchmark 1.1.0, 7.1.11",
  },
  owner: {
    id: "security/foreign-owner",
    severity: "medium",
    title: "What the stack keeps belongs to it",
    cure: "chown PATH to the owner of the state directory, after a look at who wrote it",
    reference: "CIS Debian Linux 12 Benchmark 1.1.0, 7.1.12",
  },
} as const satisfies Record<string, Rule>;

const MOST_SHOWN = 5;

/** What breaks the rules about files. @param uids Users of the stack's processes. */
export async function examineFiles(scene: Scene, uids: readonly number[]): Promise<Finding[]> {
  const { stateDir, buildDir, config } = scene.paths;
  const findings: Finding[] = [];
  const add = (rule: Rule, subject: string, evidence: readonly string[]) => {
    if (evidence.length === 0) return;
    const rest = evidence.length - MOST_SHOWN;
    const shown = evidence.slice(0, MOST_SHOWN);
    findings.push({ ...rule, subject, evidence: rest > 0 ? [...shown, `and ${rest} more`] : shown });
  };
  for (const name of ["secrets", "local", "backup", "docker"]) {
    const path = join(stateDir, name);
    const info = await Deno.stat(path).catch(() => undefined);
    // What the docker engine keeps there is as open as build/.
    if (info?.mode && name !== "docker" && (info.mode & 0o077) !== 0) {
      add(FILE_RULES.closed, path, [`mode ${octal(info.mode)}, expected 700`]);
    }
  }
  const store = join(stateDir, "secrets", "store");
  add(FILE_RULES.store, store, await find(scene, [store], ["-type", "f", "-perm", "/077"]));
  const anyone = ["!", "-type", "l", "-perm", "-0002"];
  add(FILE_RULES.writable, stateDir, await find(scene, [stateDir], anyone));
  add(FILE_RULES.writable, buildDir, await find(scene, [buildDir], anyone));
  add(FILE_RULES.writable, config, await find(scene, [config], anyone));
  const owners = [...new Set([await ownerOf(stateDir), Deno.uid() ?? 0, 0, ...uids])];
  const foreign = owners.flatMap((uid) => ["!", "-uid", String(uid)]);
  add(FILE_RULES.owner, stateDir, await find(scene, [stateDir], foreign));
  return findings;
}

async function find(
  scene: Scene,
  paths: readonly string[],
  conditions: readonly string[],
): Promise<string[]> {
  const there: string[] = [];
  for (const path of paths) if (await Deno.stat(path).then(() => true, () => false)) there.push(path);
  if (there.length === 0) return [];
  const args = [...there, "-xdev", ...conditions, "-printf", "%m %U %p\\n"];
  const found = await scene.run("find", args, { timeoutMs: 60_000 });
  if (found === undefined) throw new Skipped("there is no `find`");
  return found.stdout.split("\n").filter(Boolean).map((line) => {
    const [mode, uid, ...path] = line.split(" ");
    return `${path.join(" ")} (mode ${mode}, user ${uid})`;
  });
}

async function ownerOf(path: string): Promise<number> {
  return await Deno.stat(path).then(({ uid }) => uid ?? 0, () => 0);
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8);
}
