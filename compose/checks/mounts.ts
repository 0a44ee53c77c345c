/** `compose/mounts`: every container finds its configuration, and keeps its data. */

import { posix } from "node:path";
import type { Check } from "../../lib/check.ts";
import type { Files } from "../../lib/files.ts";
import { type ComposeFile, type Fault, listOf, mapOf, problemsIn, type Service } from "./model.ts";

/** One mount. */
interface Mount {
  readonly index: number;
  readonly type: string;
  readonly source: string;
  readonly target: string;
}

/** Flags that name a file of the configuration, and those that name where data is kept. */
const CONFIG_FLAG = /^--config(?:\.file)?=(\/.*)$/;
const DATA_FLAG = /^--(?:storage\.(?:tsdb\.)?path|data)=(\/.*)$/;
const GENERATE = "Write the file again: deno task generate";

/**
 * Every directory that is mounted is generated, every file that a command line names lies in a mount, data lies in a volume that is declared, and no
 * single file is mounted: a container goes on reading the old one after it was replaced.
 */
export const mountsCheck: Check = {
  id: "compose/mounts",
  title: "Every container finds its configuration and keeps its data",
  severity: "error",
  online: false,
  run(context) {
    return Promise.resolve(problemsIn(this.id, context, (file) => [
      ...file.services.flatMap(([name, service]) => serviceFaults(name, service, file, context.files)),
      ...unusedVolumes(file),
    ]));
  },
};

function serviceFaults(service: string, definition: Service, file: ComposeFile, files: Files): Fault[] {
  const mounts = mountsOf(definition);
  const fault = (path: readonly (string | number)[], message: string): Fault => ({
    service,
    path: ["services", service, ...path],
    message: `The service "${service}" ${message}`,
    cure: GENERATE,
  });
  const found = mounts.flatMap(({ index, type, source, target }): Fault[] => {
    const at = ["volumes", index];
    if (type === "volume") {
      return source === "" || source in file.volumes
        ? []
        : [fault(at, `keeps ${target} in the volume "${source}", which is not declared`)];
    }
    if (!source.startsWith("./")) return [];
    const directory = posix.normalize(source).replace(/\/$/, "");
    if (files.has(directory)) {
      return [
        fault(at, `mounts the single file "${source}": it would go on reading the old one after a change`),
      ];
    }
    const isThere = [...files.keys()].some((path) => path.startsWith(`${directory}/`));
    return isThere ? [] : [fault(at, `mounts "${source}", in which nothing is generated`)];
  });
  for (const [index, word] of flagsOf(definition.command).entries()) {
    const config = CONFIG_FLAG.exec(word)?.[1];
    const data = DATA_FLAG.exec(word)?.[1];
    if (config !== undefined) {
      const mount = innermost(mounts, config);
      const generated = mount?.source.startsWith("./")
        ? posix.join(posix.normalize(mount.source), config.slice(mount.target.length))
        : undefined;
      // Baked into an image of its own it needs no mount.
      if (!mount && definition.build === undefined) {
        found.push(fault(["command", index], `reads ${config}, which no mount brings`));
      } else if (generated !== undefined && !files.has(generated)) {
        found.push(fault(["command", index], `reads ${config}, which is not generated`));
      }
    }
    if (data !== undefined && innermost(mounts, data)?.type !== "volume") {
      found.push(
        fault(
          ["command", index],
          `keeps its data in ${data}, which is in no volume: an update would lose it`,
        ),
      );
    }
  }
  return found;
}

function unusedVolumes({ services, volumes }: ComposeFile): Fault[] {
  const used = new Set(services.flatMap(([, service]) => mountsOf(service).map(({ source }) => source)));
  return Object.keys(volumes).filter((name) => !used.has(name)).map((name) => ({
    severity: "warning",
    path: ["volumes", name],
    message: `No service uses the volume "${name}"`,
    cure: GENERATE,
  }));
}

/** The words of a command line, `--flag value` joined as `--flag=value`. */
function flagsOf(command: unknown): string[] {
  const words = typeof command === "string" ? command.split(/\s+/) : listOf(command).map(String);
  return words.map((word, i) => {
    const next = words[i + 1];
    return word.startsWith("--") && !word.includes("=") && next !== undefined && !next.startsWith("--")
      ? `${word}=${next}`
      : word;
  });
}

function mountsOf({ volumes }: Service): Mount[] {
  return listOf(volumes).map((entry, index) => {
    if (typeof entry === "string") {
      const [source = "", target = ""] = entry.split(":");
      return { index, type: /^[./~]/.test(source) ? "bind" : "volume", source, target };
    }
    const { type, source, target } = mapOf(entry);
    return { index, type: String(type ?? ""), source: String(source ?? ""), target: String(target ?? "") };
  });
}

function innermost(mounts: readonly Mount[], path: string): Mount | undefined {
  return mounts.filter(({ target }) => path === target || path.startsWith(`${target.replace(/\/$/, "")}/`))
    .sort((a, b) => b.target.length - a.target.length)[0];
}
