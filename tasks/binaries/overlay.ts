/** Programs that want files of their own under /usr/share, which are only unpacked elsewhere. */

import type { Binary } from "./mod.ts";

// The tree lies over the machine's own /usr/share, so that its time zones stay; its path is no part of mount's options, where
// some characters could not be written. At the end the program has taken the shell's place: its pid is the one that was started.
const OVERLAY = 'share=$1; shift; cd "$share" && ' +
  "mount -t overlay overlay -o lowerdir=.:/usr/share /usr/share && " +
  'cd / && exec "$@"';

/** How to run such a program. */
export interface OverlayOptions {
  /** Whether the user is root, who needs no user namespace; by default whoever runs this. */
  readonly root?: boolean;
  /** A command that takes the program and its arguments after its own, and runs them; none by default. */
  readonly last?: readonly string[];
}

/** The command line that runs a program with `args`: one that wants a tree at /usr/share sees it there, in a mount namespace of its own. */
export function commandLine(
  { path, overlay }: Pick<Binary, "path" | "overlay">,
  args: readonly string[],
  { root = Deno.uid() === 0, last = [] }: OverlayOptions = {},
): string[] {
  if (!overlay) return [...last, path, ...args];
  return ["unshare", root ? "-m" : "-Urm", "sh", "-c", OVERLAY, "sh", overlay, ...last, path, ...args];
}
