import { deepEqual, equal, match, throws } from "node:assert/strict";
import { join } from "node:path";
import { AcknowledgementsFailure, createAcknowledgements } from "./acknowledgements.ts";

const DAY_MS = 24 * 3_600_000;
const AT = Date.UTC(2026, 0, 2);
const ONE = { fingerprint: "f", startsMs: AT - 1, by: "ada", note: "On it", atMs: AT };

async function inDirectory(test: (directory: string) => void | Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "vigie-acts-" });
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("createAcknowledgements keeps who has seen an alert, for this time that it fires, also over a restart", () =>
  inDirectory((directory) => {
    const first = createAcknowledgements(directory, () => AT);
    deepEqual([...Deno.readDirSync(directory)], []);
    equal(first.current("f", AT - 1), undefined);
    first.add(ONE);
    const again = createAcknowledgements(directory, () => AT);
    deepEqual(again.current("f", AT - 1), { ...ONE, withdrawnMs: undefined });
    equal(again.current("f", AT), undefined);
    again.withdraw("f", AT - 1, AT + 5);
    equal(again.current("f", AT - 1), undefined);
    deepEqual(again.of("f").map(({ withdrawnMs }) => withdrawnMs), [AT + 5]);
    deepEqual([...Deno.readDirSync(directory)].map(({ name }) => name), ["page.sqlite"]);
    equal(Deno.statSync(join(directory, "page.sqlite")).mode! & 0o077, 0);
  }));

Deno.test("createAcknowledgements forgets what is older than 90 days", () =>
  inDirectory((directory) => {
    let now = AT;
    const kept = createAcknowledgements(directory, () => now);
    kept.add(ONE);
    now += 91 * DAY_MS;
    kept.add({ ...ONE, fingerprint: "g", atMs: now });
    now = AT;
    deepEqual(createAcknowledgements(directory, () => now).of("f"), []);
  }));

Deno.test("createAcknowledgements says why a damaged file cannot be read, and goes on when it is away", () =>
  inDirectory((directory) => {
    const path = join(directory, "page.sqlite");
    Deno.writeTextFileSync(path, "no database ".repeat(1_000));
    const kept = createAcknowledgements(directory, () => AT);
    deepEqual(kept.of("f"), []);
    match(kept.problem()!, /^Cannot read ".*page\.sqlite": it is damaged, or no SQLite database; /);
    throws(() => kept.add(ONE), (error) => error instanceof AcknowledgementsFailure);
    Deno.removeSync(path);
    kept.add(ONE);
    equal(kept.problem(), undefined);
    equal(kept.of("f").length, 1);
  }));
