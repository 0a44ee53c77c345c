/** The Debian mirror that this machine uses. */

import { run } from "../../../lib/process.ts";

const DEFAULT = "http://deb.debian.org/debian";

/** The machine's own mirror of Debian, or Debian's. */
export async function machineMirror(): Promise<string> {
  const args = ["indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"];
  const { stdout } = await run("apt-get", args).catch(() => ({ stdout: "" }));
  const mirrors = stdout.split("\n").map((line) => line.trim().replace(/\/$/, ""));
  return mirrors.find((mirror) => /^https?:.*\/debian$/.test(mirror)) ?? DEFAULT;
}
