/** Whether the state directory and what lies in it can be used, and by nobody else. */

import { dirname, join } from "node:path";
import { Skipped } from "../../lib/check.ts";
import { secretNeedsOf } from "../secret_needs.ts";
import { servicesOf } from "../stack.ts";
import type { Diagnosis, Sighting } from "./diagnosis.ts";
import type { Scene } from "./scene.ts";

const statePath: Diagnosis = {
  id: "doctor/state-path",
  area: "state",
  title: "The state directory can be read and written",
  about:
    "The state directory (data, secrets, logs) cannot be used: it is a file, belongs to another user (an earlier " +
    "`up` under sudo is the usual cause), lacks permissions, or lies on a filesystem that is mounted read-only. The " +
    "evidence has its owner, mode or mount. Give it back to your user, or name another with --state.",
  weight: "error",
  async run(scene) {
    const { stateDir } = scene.paths;
    const found = await firstUnusable(scene);
    if (found) return [found];
    return await statOf(stateDir) === undefined ? "no state yet" : `${stateDir} can be written`;
  },
};

const dataPath: Diagnosis = {
  id: "doctor/data-path",
  area: "state",
  title: "Every service can write its data",
  about:
    "A service's data directory cannot be written by the user it runs as: it is a file, belongs to somebody else, " +
    "or is read-only. The service then dies at its start, again and again. Give the directory back to your user; if its " +
    "content does not matter, remove it and run `deno task up`.",
  weight: "error",
  mayFollowFrom: ["doctor/state-path"],
  async run(scene) {
    const stack = await scene.stack();
    if (await firstUnusable(scene)) throw new Skipped("the state directory cannot be used");
    const sightings: Sighting[] = [];
    for (const service of servicesOf(stack, "local")) {
      const found = await unusable(join(scene.paths.stateDir, "local", "data", service), scene);
      if (found) sightings.push({ ...found, subject: service });
    }
    return sightings.length > 0 ? sightings : "";
  },
};

const secretsOpen: Diagnosis = {
  id: "doctor/secrets-open",
  area: "state",
  title: "Only your user gets at the secrets",
  about:
    "The directory with the secrets can be entered by other users of this machine, who can then read Grafana's " +
    "password and the destinations' URLs: the files inside are readable to all, because containers read them as other " +
    "users. Close it with the command given, and change what was exposed.",
  weight: "error",
  async run(scene) {
    const path = join(scene.paths.stateDir, "secrets");
    const info = await statOf(path);
    if (!info || info.mode === null || (info.mode & 0o077) === 0) return "";
    return [{
      subject: "secrets",
      cause: "Other users of this machine can read the secrets",
      evidence: [`${path} has the mode ${octal(info.mode)}, wanted 0700`],
      cure: `chmod 700 ${path}`,
    }];
  },
};

const secretMissing: Diagnosis = {
  id: "doctor/secret-missing",
  area: "state",
  title: "Every secret is in its place",
  about:
    "A secret that a service reads is not in the state directory although the stack was started: it was removed, " +
    "or config.ts names one that was not applied yet. Alertmanager then fails each notification of that destination. " +
    "`deno task up` puts it there.",
  weight: "error",
  mayFollowFrom: ["doctor/state-path"],
  async run(scene) {
    if (!(await scene.record())?.running) return "";
    const { stack, services, target } = await scene.site();
    const wanted = secretNeedsOf(stack, target).filter(({ service }) => services.includes(service));
    const sightings: Sighting[] = [];
    for (const { service, file } of wanted) {
      const path = join(scene.paths.stateDir, "secrets", service, file);
      if (await isThere(path)) continue;
      sightings.push({
        subject: service,
        cause: `The secret "${service}/${file}" is not there`,
        evidence: [`${path}: no such file`],
        cure: "`deno task up` puts it there",
      });
    }
    return sightings;
  },
};

/** Diagnoses of the state directory. */
export const state: readonly Diagnosis[] = [statePath, dataPath, secretsOpen, secretMissing];

/** Why the state directory cannot be used, or a directory that every service needs in it. */
async function firstUnusable(scene: Scene): Promise<Sighting | undefined> {
  for (const below of ["", "local", "docker", "secrets", "local/data", "local/logs"]) {
    const sighting = await unusable(join(scene.paths.stateDir, below), scene);
    if (sighting) return sighting;
  }
  return undefined;
}

/** Why the directory at `path` cannot be used; undefined when it can, or when it is not there and can be made. */
async function unusable(path: string, scene: Scene): Promise<Sighting | undefined> {
  let info: Deno.FileInfo | undefined;
  try {
    info = await statOf(path);
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) {
      return {
        cause: `"${path}" cannot be read`,
        evidence: [`${path}: permission denied to user ${Deno.uid()}`],
        cure: `sudo chown -R "$(id -u)" ${dirname(path)}`,
      };
    }
    throw error;
  }
  if (info === undefined) return undefined;
  if (!info.isDirectory) {
    return {
      cause: `"${path}" is not a directory`,
      evidence: [`${path} is a ${info.isFile ? `file of ${info.size} bytes` : "special file"}`],
      cure: `move it away: mv ${path} ${path}.old, then run \`deno task up\``,
    };
  }
  const mount = await mountOf(path, scene);
  if (mount?.readOnly) {
    return {
      cause: `"${path}" lies on a filesystem that is mounted read-only`,
      evidence: [`${mount.point} is mounted ${mount.options}`],
      cure: `sudo mount -o remount,rw ${mount.point}; if it fails, the disk has errors: see \`dmesg\``,
    };
  }
  const [uid, gid] = [Deno.uid(), Deno.gid()];
  if (uid === null || uid === 0 || info.mode === null) return undefined;
  const bits = info.uid === uid ? info.mode >> 6 : info.gid === gid ? info.mode >> 3 : info.mode;
  if ((bits & 0o7) === 0o7) return undefined;
  return {
    cause: info.uid === uid ? `Your user may not write "${path}"` : `"${path}" belongs to another user`,
    evidence: [`${path} belongs to user ${info.uid} with the mode ${octal(info.mode)}; you are user ${uid}`],
    cure: info.uid === uid ? `chmod u+rwx ${path}` : `sudo chown -R ${uid} ${path}`,
  };
}

interface Mount {
  readonly point: string;
  readonly options: string;
  readonly readOnly: boolean;
}

/** The mount that `path` lies on; undefined when the machine does not tell. */
async function mountOf(path: string, scene: Scene): Promise<Mount | undefined> {
  const result = await scene.run("cat", ["/proc/self/mountinfo"]);
  return result === undefined ? undefined : parseMounts(result.stdout, path);
}

/**
 * The mount of `path` in the text of /proc/self/mountinfo: the last one whose point is on its way, as later mounts cover earlier ones.
 *
 * Source: proc_pid_mountinfo(5).
 */
export function parseMounts(text: string, path: string): Mount | undefined {
  let best: Mount | undefined;
  for (const line of text.split("\n")) {
    const [left, right] = line.split(" - ");
    const point = left?.split(" ")[4]?.replace(
      /\\([0-7]{3})/g,
      (_, code) => String.fromCharCode(parseInt(code, 8)),
    );
    const options = left?.split(" ")[5];
    if (point === undefined || options === undefined) continue;
    if (point !== "/" && path !== point && !path.startsWith(`${point}/`)) continue;
    if (best && point.length < best.point.length) continue;
    const all = `${options},${right?.split(" ").at(-1) ?? ""}`;
    best = { point, options: all, readOnly: all.split(",").includes("ro") };
  }
  return best;
}

/** Information on `path`; undefined when there is nothing. */
async function statOf(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    // A file on the way to it is found when that file itself is looked at.
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    return await statOf(path) !== undefined;
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) throw new Skipped(`${path} cannot be read`);
    throw error;
  }
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, "0");
}
