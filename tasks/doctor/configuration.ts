/** Whether config.ts, the generated files and what runs say the same. */

import { join, relative } from "node:path";
import { Skipped } from "../../lib/check.ts";
import { type Change, compareFiles, type Files, MANIFEST } from "../../lib/files.ts";
import { asFailure } from "../cli.ts";
import {
  differencesOfAlertmanager,
  differencesOfBlackbox,
  differencesOfPrometheus,
  Unanswered,
} from "../engine/apply.ts";
import { ConfigProblem } from "../config_problem.ts";
import { renderFor, renderStack } from "../render.ts";
import { filesDirOf, type Stack } from "../stack.ts";
import { STATE_MARK } from "../upgrade/memory.ts";
import type { Diagnosis, Sighting } from "./diagnosis.ts";
import { healthOf } from "./health.ts";
import type { Scene } from "./scene.ts";

const SHOWN_LINES = 3;
const SHOWN_KEYS = 8;

const invalid: Diagnosis = {
  id: "doctor/config-invalid",
  area: "configuration",
  title: "config.ts can be used",
  about:
    "config.ts cannot be loaded: it is missing, has a syntax error, throws, or says something that the schema " +
    "refuses. Nothing that rests on it is examined. The evidence has the place and the line; mend it there. " +
    "`deno task doctor` ends with exit code 2.",
  weight: "error",
  async run(scene) {
    const error = await scene.configError();
    if (error === undefined) return "config.ts is valid";
    return [problemOf(error, "config.ts cannot be used", "mend the line shown, then run `deno task check`")];
  },
};

const unfit: Diagnosis = {
  id: "doctor/config-unfit",
  area: "configuration",
  title: "This machine has what config.ts asks for",
  about:
    "config.ts is valid in itself, but this machine does not have what it asks for: a file with a secret or " +
    "with targets that is not there, or `retention.size` above what the disk has free. Every other task refuses " +
    "such a configuration. Give the machine what is missing, or change the key that the evidence names.",
  weight: "error",
  mayFollowFrom: ["doctor/disk-full"],
  async run(scene) {
    const error = await scene.machineError();
    if (error === undefined) return "";
    if (!(error instanceof ConfigProblem)) {
      throw new Skipped(
        `what config.ts asks of this machine cannot be looked at: ${(error as Error).message}`,
      );
    }
    return [
      problemOf(
        error,
        "config.ts asks for something that this machine does not have",
        "change the key shown, or give the machine what is missing",
      ),
    ];
  },
};

const unapplied: Diagnosis = {
  id: "doctor/config-unapplied",
  area: "configuration",
  title: "What was last applied is what config.ts says",
  about:
    "config.ts has changed since the last `deno task up`: the stack still runs as it was. The evidence lists the keys. " +
    "`deno task up` applies them.",
  weight: "warning",
  async run(scene) {
    const record = await scene.record();
    if (!record?.running) return "";
    const config = await scene.config();
    const keys = differingKeys(record.stack, config);
    if (keys.length === 0) return "applied";
    return [{
      cause: "config.ts has changed since it was last applied",
      evidence: keys.slice(0, SHOWN_KEYS),
      cure: "deno task up",
    }];
  },
};

const missing: Diagnosis = {
  id: "doctor/generated-missing",
  area: "configuration",
  title: "Every generated file is there",
  about:
    "A generated file is not in the build directory: it was removed by hand. A missing rule file is the " +
    "treacherous case: Prometheus reloads without a word and simply no longer has those alerts. `deno task up` writes " +
    "the file again and applies it.",
  weight: "error",
  async run(scene) {
    return (await changesOf(scene, "added")).map(({ path }) => ({
      subject: path,
      cause: `The generated file "${path}" is not there`,
      evidence: [`${join(scene.paths.buildDir, path)}: no such file`],
      cure: "`deno task up` writes it again and applies it",
    }));
  },
};

const differs: Diagnosis = {
  id: "doctor/generated-differs",
  area: "configuration",
  title: "The generated files are as they were generated",
  about:
    "A generated file was edited by hand: it is neither what config.ts gives now nor what it gave when it was last " +
    "applied. The evidence shows the first line that differs. Put a change that you want to keep into config.ts, then " +
    "run `deno task up`; `deno task generate --diff --files` shows all differences.",
  weight: "error",
  async run(scene) {
    const changed = await changesOf(scene, "changed");
    return changed.map((change) => ({
      subject: change.path,
      cause: `The generated file "${change.path}" was edited by hand, or written by another version of Vigie`,
      evidence: firstDifference(change, relative(Deno.cwd(), scene.paths.buildDir) || "."),
      cure:
        "put what you want to keep into config.ts; `deno task up` writes the file as config.ts gives it and applies it",
    }));
  },
};

const foreign: Diagnosis = {
  id: "doctor/generated-foreign",
  area: "configuration",
  title: "The build directory holds nothing else",
  about:
    "A file lies among the generated ones that config.ts does not give: put there by hand, or left by an older " +
    "configuration. Prometheus loads every rule file in its directory, so such a file can be in force unseen. Move " +
    "what it says into config.ts, then remove it.",
  weight: "warning",
  async run(scene) {
    return (await foreignFiles(scene))
      .map((path) => ({
        subject: path,
        cause: `The file "${path}" is among the generated ones, and config.ts does not give it`,
        evidence: [join(scene.paths.buildDir, path)],
        cure: `put what it says into config.ts, then remove it: rm ${join(scene.paths.buildDir, path)}`,
      }));
  },
};

const drift: Diagnosis = {
  id: "doctor/config-drift",
  area: "configuration",
  title: "What runs is what config.ts gives",
  about:
    "Prometheus, Alertmanager or the blackbox exporter runs another configuration than config.ts gives: the " +
    "files were written without being applied, a reload was refused, or another file was loaded by hand. The evidence lists " +
    "the differences as the service's own API tells them. `deno task up` applies the files and verifies that they run.",
  weight: "error",
  mayFollowFrom: [
    "doctor/generated-missing",
    "doctor/generated-differs",
    "doctor/generated-foreign",
    "doctor/mount-stale",
    "doctor/reload-failed",
  ],
  async run(scene) {
    const { target, services, urls } = await scene.site();
    const wanted = (await stacksOf(scene)).map((stack) => renderFor(stack, target));
    const asked = ([
      ["prometheus", differencesOfPrometheus],
      ["alertmanager", differencesOfAlertmanager],
      ["blackbox", differencesOfBlackbox],
    ] as const).filter(([service]) => services.includes(service));
    const changes = [...await changesOf(scene, "added"), ...await changesOf(scene, "changed")];
    const wrong = [...changes.map(({ path }) => path), ...await foreignFiles(scene)];
    const sightings: Sighting[] = [];
    let same = 0;
    for (const [service, differences] of asked) {
      if (!(await healthOf(scene, service)).ok) continue;
      const found = await Promise.all(wanted.map((files) => differences(urls[service], files, scene.signal)))
        .catch((error) => {
          // It answered a moment ago. Why it has gone is for others to say: that it runs something else would be made up.
          if (error instanceof Unanswered) {
            throw new Skipped(`${service} has stopped answering: ${error.message}`);
          }
          throw error;
        });
      if (found.some(({ length }) => length === 0)) {
        same++;
        continue;
      }
      sightings.push({
        subject: service,
        involves: wrong.filter((path) => path.split("/").includes(service)),
        cause: `The configuration that ${service} runs is not the one that config.ts gives`,
        evidence: found[0]!.slice(0, SHOWN_LINES),
        cure: "`deno task up` applies what config.ts says and verifies that it runs",
      });
    }
    return sightings.length > 0 ? sightings : same > 0 ? "what runs is what was generated" : "";
  },
};

/** Diagnoses of the configuration. */
export const configuration: readonly Diagnosis[] = [invalid, unapplied, missing, differs, foreign];
/** What config.ts asks of the machine: after the disk, which may explain it. */
export const configurationFit: readonly Diagnosis[] = [unfit];
/** The running configuration against the files: last, as what is wrong with either explains it. */
export const configurationDrift: readonly Diagnosis[] = [drift];

function problemOf(error: unknown, cause: string, cure: string): Sighting {
  if (error instanceof ConfigProblem && error.findings.length > 0) {
    return {
      cause: error.findings.length === 1 ? `${cause}: ${error.findings[0]!.message}` : cause,
      evidence: error.message.split("\n").filter((line) => line.trim() !== ""),
      cure: error.findings.find((finding) => finding.cure)?.cure ?? cure,
    };
  }
  const failure = asFailure(error);
  const text = failure?.message ??
    (error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  return { cause, evidence: text.split("\n"), cure: failure?.cure ?? cure };
}

/** The stack that was last applied, and the one that config.ts describes: files may be of either. */
async function stacksOf(scene: Scene): Promise<Stack[]> {
  const [applied, record] = [await scene.stack(), await scene.record()];
  if (await scene.configError() !== undefined || !record?.running) return [applied];
  return [applied, await scene.config()];
}

async function rendered(scene: Scene): Promise<Files[]> {
  const { target } = await scene.site();
  return (await stacksOf(scene)).map((stack) => renderStack(stack, target));
}

/** Generated files that differ, of the engine in use: the other engine's files do no harm. */
async function changesOf(scene: Scene, kind: Change["kind"]): Promise<Change[]> {
  if (!await isGenerated(scene)) return [];
  const { target } = await scene.site();
  const [changes, ...others] = await Promise.all(
    (await rendered(scene)).map((files) => compareFiles(target.buildDir, files)),
  );
  return changes!.filter((change) =>
    change.kind === kind && change.path.startsWith("local/") === (target.engine === "local") &&
    others.every((other) => other.some(({ path }) => path === change.path))
  );
}

/** Files among the generated ones that neither stack gives. */
async function foreignFiles(scene: Scene): Promise<string[]> {
  if (!await isGenerated(scene)) return [];
  const { target } = await scene.site();
  const known = new Set((await rendered(scene)).flatMap((files) => [...files.keys()]));
  return (await filesBelow(filesDirOf(target), scene.paths.buildDir))
    .filter((path) => !known.has(path) && ![MANIFEST, STATE_MARK].includes(path) && !path.endsWith(".tmp"));
}

/** Keys of the configuration whose values differ, with both: `thresholds.cpu: 90 was applied, 80 is in config.ts`. */
export function differingKeys(applied: unknown, wanted: unknown, path = ""): string[] {
  if (JSON.stringify(applied) === JSON.stringify(wanted)) return [];
  const both = [applied, wanted];
  if (both.some((value) => typeof value !== "object" || value === null) || both.some(Array.isArray)) {
    const [before, after] = both.map((value) => JSON.stringify(value) ?? "nothing");
    return [`${path}: ${before} was applied, ${after} is in config.ts`];
  }
  const [left, right] = both as Record<string, unknown>[];
  return [...new Set([...Object.keys(left!), ...Object.keys(right!)])]
    .flatMap((key) => differingKeys(left![key], right![key], path === "" ? key : `${path}.${key}`));
}

/** A build directory that was never made is not wrong: the stack was not started yet. */
async function isGenerated({ paths }: Scene): Promise<boolean> {
  try {
    return (await Deno.stat(paths.buildDir)).isDirectory;
  } catch {
    return false;
  }
}

function firstDifference({ path, before, after }: Change, buildDir: string): string[] {
  const [is, wanted] = [before.split("\n"), after.split("\n")];
  const at = wanted.findIndex((line, i) => line !== is[i]);
  const index = at === -1 ? wanted.length : at;
  return [
    `${join(buildDir, path)}:${index + 1}`,
    `on disk:   ${is[index]?.trim() ?? "(the file ends)"}`,
    `config.ts: ${wanted[index]?.trim() ?? "(the file ends)"}`,
  ];
}

async function filesBelow(directory: string, root: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(directory)) {
    const path = join(directory, entry.name);
    // Below the docker engine's files lie the local engine's.
    if (entry.isDirectory && path !== join(root, "local")) found.push(...await filesBelow(path, root));
    else if (entry.isFile) found.push(relative(root, path));
  }
  return found.sort();
}
