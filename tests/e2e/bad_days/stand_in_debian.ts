/** A Debian to fetch programs from, in place of a mirror: its apt can hang where a test interrupts it. */

import { join } from "node:path";
import { binary } from "../../../tasks/binaries/mod.ts";
import { until } from "../../until.ts";
import { writeScript } from "./poor_machine.ts";

/** Where it hangs. */
export type Hang = "update" | "download" | "unpack" | "nowhere";

/** The stand-in. */
export interface StandInDebian {
  hang(where: Hang): Promise<void>;
  /** Waits until it hangs. */
  hanging(): Promise<void>;
  /** Every process that hung since it was told to. */
  hung(): Promise<number[]>;
}

/**
 * Puts `apt-get`, `apt-cache`, `dpkg` and `dpkg-deb` into the directory `path`. What they fetch is what this user has fetched from Debian before.
 */
export async function standInDebian(path: string): Promise<StandInDebian> {
  const [where, pids] = [join(path, "where"), join(path, "pids")];
  const hangAt = (step: Hang) =>
    `case "$(cat "${where}")" in ${step}) echo $$ >> "${pids}"; exec sleep 600;; esac`;
  const hung = async () => (await Deno.readTextFile(pids)).split("\n").filter(Boolean).map(Number);
  await writeScript(join(path, "dpkg"), "echo amd64");
  // It knows of no other versions than the one that it gives.
  await writeScript(join(path, "apt-cache"), "exit 0");
  await writeScript(
    join(path, "apt-get"),
    `case "$*" in
  *update) ${hangAt("update")};;
  *--print-uris*) exit 0;;
  *download*) for name do :; done; ${hangAt("download")}; : > "$name.deb";;
esac`,
  );
  await writeScript(
    join(path, "dpkg-deb"),
    `name=\${2##*/}
# Of several versions the newest.
for unit in "${await fetchedPrograms()}"/debian-"\${name%.deb}"-for-*; do :; done
mkdir -p "$3/usr"
${hangAt("unpack")}
cp -rs "$unit/usr/." "$3/usr"`,
  );
  await Deno.writeTextFile(where, "nowhere");
  return {
    async hang(step) {
      await Deno.writeTextFile(pids, "");
      await Deno.writeTextFile(where, step);
    },
    hanging: () => until("apt hangs", async () => (await hung()).length > 0),
    hung,
  };
}

/** Why there is nothing to fetch here; undefined when there is. */
export async function reasonAgainstStandIn(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return "only on Linux";
  return (await pathOfFetched()) === undefined ? "the programs do not come from Debian here" : undefined;
}

async function fetchedPrograms(): Promise<string> {
  return (await pathOfFetched())!;
}

async function pathOfFetched(): Promise<string | undefined> {
  return /^(.*\/programs)\/debian-/.exec((await binary("prometheus")).path)?.[1];
}
