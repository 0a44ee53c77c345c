import { strictEqual } from "node:assert/strict";
import { parseMounts } from "./state.ts";

const TEXT = [
  "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro",
  "30 22 8:2 / /srv ro,relatime - ext4 /dev/sdb1 rw",
  "31 22 8:3 / /srv/my\\040data rw - xfs /dev/sdc1 rw",
  "32 22 8:4 / /broken rw - ext4 /dev/sdd1 ro,errors=remount-ro",
].join("\n");

for (
  const [path, point, readOnly] of [
    ["/home/me/.state", "/", false],
    ["/srv/vigie", "/srv", true],
    ["/srv", "/srv", true],
    ["/srvother", "/", false],
    ["/srv/my data/state", "/srv/my data", false],
    ["/broken/state", "/broken", true],
  ] as const
) {
  Deno.test(`parseMounts finds the mount of "${path}"`, () => {
    const mount = parseMounts(TEXT, path);
    strictEqual(mount?.point, point);
    strictEqual(mount?.readOnly, readOnly);
  });
}
