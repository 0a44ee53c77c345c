/** The entry: its authority, accounts and certificates, which browsers and authorities know it by. */

import { dirname, join } from "node:path";
import { filesBelow } from "../files.ts";
import type { PartKind } from "./part.ts";

// Caddy's own lock files, which say who holds them.
const NOT_DATA = /(^|\/)(locks|\.vigie-restore)(\/|$)|\.(lock|tmp)$/;

/** The entry's part. */
export const entryPart: PartKind = {
  async save({ plan: { data }, staging }) {
    // Caddy replaces its files whole, so that each can be copied at any moment.
    for (const path of await filesBelow(data, (path) => !NOT_DATA.test(path))) {
      const target = join(staging, path);
      await Deno.mkdir(dirname(target), { recursive: true, mode: 0o700 });
      await Deno.copyFile(join(data, path), target);
    }
    return { directory: staging };
  },
  replaces: () => true,
};
