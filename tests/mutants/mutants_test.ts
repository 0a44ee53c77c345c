/**
 * `check` names what is wrong: a defect put into a correct configuration is found by the check that is there for it, and nothing is found in the
 * correct one. `VIGIE_MUTANT_SEED` hits other rules, panels and services.
 */

import assert from "node:assert/strict";
import { CHECK_IDS } from "../../tasks/check/ids.ts";
import { type Mutant, mutantsOf, openLaboratory, SEED } from "./mod.ts";

const LEAST_CAUGHT = 0.95;

/** Suppressions are judged by what all checks say; every other mutant is tried with the check that must name it. */
function idsFor({ expect }: Mutant): ReadonlySet<string> | undefined {
  return expect.startsWith("suppression/") ? undefined : new Set([expect]);
}

Deno.test("check finds nothing in the correct configuration, and at least 95 of 100 defects in it", async (t) => {
  await using laboratory = await openLaboratory();
  await t.step("the correct configuration has no problem", async () => {
    const { problems } = await laboratory.base();
    assert.deepEqual(problems, []);
  });

  const mutants = mutantsOf(Number(Deno.env.get("VIGIE_MUTANT_SEED") ?? SEED));
  await t.step("the mutants are many, of many kinds, each with the id that must name it", () => {
    assert.ok(mutants.length >= 100, String(mutants.length));
    assert.equal(new Set(mutants.map(({ name }) => name)).size, mutants.length);
    const known = new Set<string>([...CHECK_IDS, "config"]);
    assert.deepEqual(mutants.filter(({ expect }) => !known.has(expect)).map(({ name }) => name), []);
    assert.ok(new Set(mutants.map(({ expect }) => expect)).size >= 30);
  });

  await t.step("they are named", async () => {
    const missed: string[] = [];
    for (const mutant of mutants) {
      const { problems, skipped } = await laboratory.try(mutant, idsFor(mutant));
      const isCaught = problems.some(({ check }) => check === mutant.expect);
      if (!isCaught) {
        missed.push(`${mutant.expect}: ${mutant.name}${skipped.map((why) => ` (${why})`).join("")}`);
      }
    }
    const share = 1 - missed.length / mutants.length;
    assert.ok(
      share >= LEAST_CAUGHT,
      `${missed.length} of ${mutants.length} are missed:\n${missed.join("\n")}`,
    );
  });
});
