/** How a service is started with no more rights than it needs: as a user of its own, without privileges, in sight of its own files only. */

import { commandLine } from "../../binaries/overlay.ts";
import type { Binary } from "../../binaries/mod.ts";

/** A capability that a service may need, as setpriv(1) writes it. */
export type Capability = "net_raw" | "net_bind_service";

/** What a service that root starts may still do. */
export interface Confinement {
  readonly uid: number;
  readonly gid: number;
  /** Capabilities that it keeps; none for nearly all. */
  readonly capabilities: readonly Capability[];
  /** Its data, which becomes its own. */
  readonly data: string;
  /** An empty directory, over which its view of the closed directories is put together. */
  readonly stage: string;
  /** Directories that its user cannot pass, each with what it needs below: it sees that and nothing else of them. */
  readonly closed: readonly ClosedDirectory[];
}

/** A directory that is closed to a service's user. */
export interface ClosedDirectory {
  readonly path: string;
  /** Directories and files below it that the service needs. */
  readonly keep: readonly string[];
}

/** How a service is started. */
export type Start =
  /** By root: as the user that the confinement names. */
  | { readonly as: "other"; readonly confinement: Confinement }
  /** As whoever runs `up`, who can gain nothing by it: no_new_privs. */
  | {
    readonly as: "self";
    readonly root: boolean;
    /** What root keeps of its capabilities, as setpriv(1) writes them; all when left out. */
    readonly capabilities?: readonly string[];
  }
  /** As whoever runs `up`, as it is; where there is no setpriv, or the program has privileges of its own. */
  | { readonly as: "unchanged"; readonly root: boolean };

// Everything happens in a mount namespace of the service's own, which ends with it; later mounts of this machine still appear in it.
// What the data holds is given to the user first: an earlier `up`, a restore or another user may have left it. `-execdir` with `-h`
// follows no link that somebody put there. At the end the program has taken the shell's place: its pid is the one that was started.
const ENTER = `set -e
stage=$1 data=$2 uid=$3 gid=$4 bounding=$5 kept=$6
shift 6
find "$data" ! "(" -uid "$uid" -gid "$gid" ")" -execdir chown -h "$uid:$gid" {} +
chmod 700 "$data"
number=0
while [ "$1" != -- ]; do
  case $1 in
    hide)
      [ "$number" -gt 0 ] || mount -t tmpfs -o mode=0755,nosuid,nodev tmpfs "$stage"
      number=$((number + 1)) root=$2
      mkdir "$stage/$number" ;;
    keep)
      at=$stage/$number\${2#"$root"}
      if [ -d "$2" ]; then mkdir -p "$at"; else mkdir -p "\${at%/*}"; : >"$at"; fi
      mount --rbind "$2" "$at" ;;
    share)
      cd "$2"
      mount -t overlay overlay -o lowerdir=.:/usr/share /usr/share ;;
    cover)
      mount --rbind "$stage/\${2%%:*}" "\${2#*:}" ;;
  esac
  shift 2
done
shift
cd "$data"
unset OLDPWD
exec setpriv --reuid="$uid" --regid="$gid" --clear-groups --no-new-privs --bounding-set="$bounding" --inh-caps="$kept" --ambient-caps="$kept" -- "$@"`;

/**
 * The command line that starts `program` with `args` as `start` says, with the tree under /usr/share that it wants.
 *
 * @param program Program; `overlay` is the tree.
 */
export function startLine(
  program: Pick<Binary, "path" | "overlay">,
  args: readonly string[],
  start: Start,
): string[] {
  if (start.as === "unchanged") return commandLine(program, args, { root: start.root });
  if (start.as === "self") {
    return commandLine(program, args, { root: start.root, last: dropping(program, start.capabilities) });
  }
  const { uid, gid, capabilities, data, stage, closed } = start.confinement;
  const kept = ["-all", ...capabilities.map((name) => `+${name}`)].join(",");
  // The one that holds the stage goes last: it covers it.
  const ordered = [...closed].sort((a, b) => Number(isAbove(a.path, stage)) - Number(isAbove(b.path, stage)));
  return [
    ...["unshare", "-m", "--propagation", "slave", "sh", "-c", ENTER, "sh"],
    ...[stage, data, String(uid), String(gid), kept, kept],
    ...ordered.flatMap(({ path, keep }) => ["hide", path, ...keep.flatMap((each) => ["keep", each])]),
    ...(program.overlay ? ["share", program.overlay] : []),
    ...ordered.flatMap(({ path }, i) => ["cover", `${i + 1}:${path}`]),
    "--",
    program.path,
    ...args,
  ];
}

/** What takes the rest away from a program that whoever runs `up` starts. In a user namespace of its own it is root there. */
function dropping(
  { overlay }: Pick<Binary, "path" | "overlay">,
  capabilities: readonly string[] | undefined,
): string[] {
  const bounding = overlay || capabilities
    ? [`--bounding-set=${["-all", ...(capabilities ?? []).map((name) => `+${name}`)].join(",")}`]
    : [];
  return ["setpriv", "--no-new-privs", "--inh-caps=-all", ...bounding, "--"];
}

/** Whether `path` is `directory` or lies below it. */
export function isAbove(directory: string, path: string): boolean {
  return path === directory || path.startsWith(directory === "/" ? "/" : `${directory}/`);
}
