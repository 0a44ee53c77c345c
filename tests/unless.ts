/** Tests that cannot run everywhere, and say why. */

/**
 * Name and `ignore` of a test that is skipped when there is a reason; the reason is in the name, so that a report shows it.
 *
 * @param reason Why it cannot run here; undefined when it can.
 */
export function unless(reason: string | undefined, name: string): { name: string; ignore: boolean } {
  return { name: reason === undefined ? name : `${name} (skipped: ${reason})`, ignore: reason !== undefined };
}

/** Why a test that looks at Linux's processes cannot run. */
export const notOnLinux = Deno.build.os === "linux"
  ? undefined
  : `it needs Linux, and this is ${Deno.build.os}`;

/** Why a test of what a user may not do cannot run. */
export const rootMay = Deno.uid() === 0 ? "root may do everything" : undefined;
