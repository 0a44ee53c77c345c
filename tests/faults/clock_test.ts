/**
 * A clock that jumps. The programs of the stack ask the kernel for the time by themselves, so nothing but a kernel of their own can tell them
 * another one: this boots one, as a process, on this machine's files. `deno task test tests/faults` runs it where there is such a kernel.
 */

import { match } from "node:assert/strict";
import { join } from "node:path";
import { run } from "../../lib/process.ts";
import { binary } from "../../tasks/binaries/mod.ts";
import { notOnLinux, unless } from "../unless.ts";

const ROOT = join(import.meta.dirname!, "..", "..");
const BOOT_MS = 8 * 60_000;
/** By this name the child knows that the machine is its own. */
const INIT = "vigie-clock";

Deno.test({
  ...unless(notOnLinux ?? await whyNoKernel(), "a running stack goes through jumps of the clock"),
  async fn() {
    const directory = await Deno.makeTempDir({ prefix: "vigie-clock-" });
    try {
      const init = join(directory, INIT);
      await Deno.writeTextFile(init, await initText());
      await Deno.chmod(init, 0o755);
      const { stdout } = await run("linux.uml", [
        ...["root=/dev/root", "rootfstype=hostfs", "rootflags=/", "rw", "mem=2048M"],
        ...[`init=${init}`, "con=null", "con0=fd:0,fd:1"],
      ], { timeoutMs: BOOT_MS });
      match(stdout, /^all held\r?$/m, stdout.slice(stdout.indexOf("Run ")));
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});

async function whyNoKernel(): Promise<string | undefined> {
  if (Deno.uid() !== 0) return "only root may boot on this machine's files";
  const { code } = await run("sh", ["-c", "command -v linux.uml"]);
  return code === 0 ? undefined : "there is no linux.uml on PATH (Debian: user-mode-linux)";
}

/** What the machine boots into: nothing is written to this machine's files but to memory of its own. */
async function initText(): Promise<string> {
  const alertmanager = await binary("alertmanager");
  const programs = Deno.env.get("PATH")!;
  const [home, modules] = [
    Deno.env.get("HOME")!,
    Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`,
  ];
  return `#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sysfs /sys
for place in /var/tmp /run /usr/share; do mount -t tmpfs tmpfs $place; done
export TMPDIR=/var/tmp HOME='${home}' DENO_DIR='${modules}' PATH='/var/tmp/bin:${programs}'
mkdir /var/tmp/bin
ln -s '${alertmanager.path}' /var/tmp/bin/alertmanager
${alertmanager.overlay ? `cp -r '${alertmanager.overlay}/.' /usr/share/` : ""}
ip link set lo up
cd '${ROOT}'
'${Deno.execPath()}' run --quiet -A tests/faults/clock_child.ts 2>&1
echo o >/proc/sysrq-trigger
sleep 60
`;
}
