/** Programs that want files of their own under /usr/share, which are only unpacked elsewhere. */

import type { Binary } from "./mod.ts";

// The tree lies over the machine's own /usr/share, so that its time zones stay; its path is no part of mount's options, where
// some characters could not be written. At the end the program has taken the shell's place: its pid is the one that was started.
const OVERLAY = 'share=$1; shift; cd "$share" && ' +
  "mount -t overlay overlay -o lowerdir=.:/usr/share /usr/share && " +
  'cd / && exec "$@"';

/**
 * The command line that runs a program with `args`: one that wants a tree at /usr/share sees it there, in a mount namespace of its own.
 *
 * @param root Whether the user is root, who needs no user namespace.
 */
export function commandLine(
  { path, overlay }: Pick<Binary, "path" | "overlay">,
  args: readonly string[],
  root = Deno.uid() === 0,
): string[] {
  if (!overlay) return [path, ...args];
  return ["unshare", root ? "-m" : "-Urm", "sh", "-c", OVERLAY, "sh", overlay, path, ...args];
}
