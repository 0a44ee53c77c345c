/** Who the services run as when root starts them. */

import { createHash } from "node:crypto";
import { run } from "../../../lib/process.ts";
import { Lacking } from "../engine.ts";

/** A user, by number. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** One user for each of at most this many services. */
const BLOCK = 16;
// Numbers that neither distributions nor systemd give to anybody, and that no range of /etc/subuid starts below:
// https://systemd.io/UIDS-GIDS. The second one is for containers, which often know 65536 numbers only.
const RANGES: readonly (readonly [first: number, last: number])[] = [[65_536, 99_999], [60_706, 61_183]];

/**
 * A user for each service, that nobody else on this machine is: so none of them can read what another one keeps, or stop it.
 * The numbers follow from the stack's directory, and stay as long as nobody is given one of them.
 *
 * @param directory Real path of the stack's directory. @param count How many are wanted, 16 at most.
 * @throws {Lacking} when the machine has no such numbers.
 */
export async function ownUsers(directory: string, count: number): Promise<User[]> {
  if (count > BLOCK) throw new RangeError(`Cannot give out ${count} users: there are at most ${BLOCK}`);
  const { stdout: map } = await run("cat", ["/proc/self/uid_map"]);
  const range = RANGES.find(([first, last]) => isMapped(map, first, last));
  if (!range) {
    throw new Lacking(
      "Cannot run the services as users of their own: this container knows too few user numbers",
      'run `up` as an ordinary user, or name one in config.ts: `local: { user: "…" }`',
    );
  }
  const [first, last] = range;
  const blocks = Math.floor((last - first + 1) / BLOCK);
  const start = createHash("sha256").update(directory).digest().readUInt32BE(0) % blocks;
  for (let i = 0; i < blocks; i++) {
    const from = first + ((start + i) % blocks) * BLOCK;
    const numbers = Array.from({ length: BLOCK }, (_, n) => from + n);
    if (!await anyTaken(numbers)) return numbers.slice(0, count).map((uid) => ({ uid, gid: uid }));
  }
  throw new Lacking(
    `Cannot run the services as users of their own: all numbers from ${first} to ${last} are taken`,
    'name a user in config.ts: `local: { user: "…" }`',
  );
}

/**
 * The user that config.ts names.
 *
 * @throws {Lacking} when there is none of that name.
 */
export async function namedUser(name: string): Promise<User> {
  const [uid, gid] = await Promise.all(["-u", "-g"].map((flag) => run("id", [flag, "--", name])));
  if (uid!.code === 0 && gid!.code === 0) {
    return { uid: Number(uid!.stdout.trim()), gid: Number(gid!.stdout.trim()) };
  }
  throw new Lacking(
    `Cannot run the services as "${name}", as config.ts says in local.user: this machine has no such user`,
    `make it (\`useradd --system --no-create-home ${name}\`), or leave the key out`,
  );
}

/** Whether a process here can become each of the users `first` to `last`. @param map Text of /proc/self/uid_map. */
export function isMapped(map: string, first: number, last: number): boolean {
  return map.trim().split("\n").some((line) => {
    const [from = 0, , length = 0] = line.trim().split(/\s+/).map(Number);
    return from <= first && last < from + length;
  });
}

async function anyTaken(numbers: readonly number[]): Promise<boolean> {
  try {
    const keys = numbers.map(String);
    const found = await Promise.all(["passwd", "group"].map((table) => run("getent", [table, ...keys])));
    return found.some(({ stdout }) => stdout.trim() !== "");
  } catch (error) {
    // Without it there is only /etc/passwd, which gives out no such numbers by itself.
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
