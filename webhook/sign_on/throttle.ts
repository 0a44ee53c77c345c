/** How often somebody may try to sign in. */

/** What attempts are counted by. */
export interface Attempt {
  /** The name that was typed, whether anybody has it or not. */
  readonly user: string;
  /** Who tries: an address, or the network of one. */
  readonly address: string;
}

/** Counts attempts. */
export interface Throttle {
  /**
   * Counts an attempt before it is judged, so that many at once are no way round.
   *
   * @returns how long to wait, seconds; 0 when it may be judged.
   */
  begin(attempt: Attempt): number;
  /** Takes an attempt back that turned out to be right. */
  succeeded(attempt: Attempt): void;
  /** Takes an attempt back that could not be judged. */
  undecided(attempt: Attempt): void;
}

/** How many attempts may fail within `windowMs`. */
export const LIMITS = {
  /** One name from one address: a person who mistypes. */
  pair: { most: 5, windowMs: 5 * 60_000 },
  /** All names from one address: somebody who tries names. */
  address: { most: 30, windowMs: 5 * 60_000 },
  /** One name from all addresses: many machines that try one name. Who signed in from their address before is not kept out by it. */
  user: { most: 50, windowMs: 15 * 60_000 },
} as const;

type Kind = keyof typeof LIMITS;

// What is remembered at most of each kind; whoever fills it pushes out the oldest.
const MOST = 20_000;
const KNOWN_MS = 30 * 24 * 60 * 60_000;

/** @param now Milliseconds since 1970. */
export function createThrottle(now: () => number): Throttle {
  const failures: Record<Kind, Map<string, { count: number; sinceMs: number }>> = {
    pair: new Map(),
    address: new Map(),
    user: new Map(),
  };
  const known = new Map<string, number>();

  const keysOf = ({ user, address }: Attempt): Record<Kind, string> => ({
    pair: `${address} ${nameKey(user)}`,
    address,
    user: nameKey(user),
  });

  function current(kind: Kind, key: string) {
    const found = failures[kind].get(key);
    if (!found) return undefined;
    const isOver = now() >= found.sinceMs + LIMITS[kind].windowMs || now() < found.sinceMs;
    if (isOver) failures[kind].delete(key);
    return isOver ? undefined : found;
  }

  function takeBack(attempt: Attempt, kinds: readonly Kind[]): void {
    const keys = keysOf(attempt);
    for (const kind of kinds) {
      const found = current(kind, keys[kind]);
      if (found) found.count = Math.max(found.count - 1, 0);
    }
  }

  return {
    begin(attempt) {
      const keys = keysOf(attempt);
      const isKnown = (known.get(keys.pair) ?? -Infinity) > now() - KNOWN_MS;
      const counted = (["pair", "address", "user"] as const).filter((kind) => kind !== "user" || !isKnown);
      const waits = counted.flatMap((kind) => {
        const found = current(kind, keys[kind]);
        return found && found.count >= LIMITS[kind].most
          ? [Math.ceil((found.sinceMs + LIMITS[kind].windowMs - now()) / 1_000)]
          : [];
      });
      if (waits.length > 0) return Math.max(...waits);
      for (const kind of counted) {
        const found = current(kind, keys[kind]);
        if (found) found.count++;
        else remember(failures[kind], keys[kind], { count: 1, sinceMs: now() });
      }
      return 0;
    },
    succeeded(attempt) {
      const keys = keysOf(attempt);
      failures.pair.delete(keys.pair);
      // Not the address's other failures: with one account of their own anybody could go on trying others'.
      takeBack(attempt, ["address", "user"]);
      remember(known, keys.pair, now());
    },
    undecided: (attempt) => takeBack(attempt, ["pair", "address", "user"]),
  };
}

/** Directories do not tell `Anna` from `anna`, nor one way to write an accent from another. */
function nameKey(user: string): string {
  return user.normalize("NFKC").trim().toLowerCase().slice(0, 128);
}

function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > MOST) map.delete(map.keys().next().value!);
}

/**
 * What stands for a client: its address, or of IPv6 its network, as whoever has one address there has all of them.
 *
 * @param forwarded `X-Forwarded-For`: the last one is who the entry saw; those before it are what the client says.
 */
export function clientOf(forwarded: string | null | undefined): string {
  const last = forwarded?.split(",").at(-1)?.trim().replace(/%.*$/, "").toLowerCase() ?? "";
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(last)) return last;
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/.exec(last);
  if (mapped) return mapped[1]!;
  const url = last.includes(":") ? URL.parse(`http://[${last}]/`) : null;
  if (!url) return "direct";
  return `${groupsOf(url.hostname.slice(1, -1)).slice(0, 4).join(":")}::/64`;
}

/** The eight groups of an address as URLs write it. */
function groupsOf(address: string): string[] {
  const [head, tail] = address.split("::");
  const [first, last] = [head, tail].map((part) => part ? part.split(":") : []);
  if (tail === undefined) return first!;
  return [...first!, ...Array(8 - first!.length - last!.length).fill("0"), ...last!];
}
