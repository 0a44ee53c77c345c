/** Users that Vigie knows by itself. */

import { compare } from "bcryptjs";
import type { LocalUser } from "./settings.ts";
import { isSame } from "./token.ts";

const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;
// A cost of 14 takes a second or more of the one thread that also takes alerts.
const HIGHEST_COST = 14;

/** Why a local user's secret cannot be used; undefined when it can. It repeats nothing of it. */
export function whyUnusable(secret: string): string | undefined {
  const cost = BCRYPT.exec(secret)?.[1];
  if (cost !== undefined && Number(cost) > HIGHEST_COST) {
    return `expected a bcrypt cost of ${HIGHEST_COST} at most, it is ${cost}`;
  }
  return undefined;
}

/**
 * The user of that name and password; undefined when there is none. An unknown name takes as long as a known one with a wrong password.
 */
export async function localUserOf(
  users: readonly LocalUser[],
  name: string,
  password: string,
): Promise<LocalUser | undefined> {
  const user = users.find((each) => each.name === name);
  const hashes = users.map(({ secret }) => secret).filter((secret) => BCRYPT.test(secret));
  const hash = user && BCRYPT.test(user.secret) ? user.secret : hashes[0];
  // Whoever has a hash or not, as much is compared.
  const matches = hash === undefined ? false : await compare(password, hash);
  const same = isSame(password, user?.secret ?? "");
  if (!user || password === "") return undefined;
  return (BCRYPT.test(user.secret) ? matches : same) ? user : undefined;
}
