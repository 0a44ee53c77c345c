import assert from "node:assert/strict";
import { join } from "node:path";
import { cacheSource, fill, releaseUnit } from "./cache.ts";
import { temporaryDirectory, wantedOf, writeProgram } from "./testing.ts";

const LINE = "node_exporter, version 1.11.1 (branch: HEAD)";
const PROGRAMS = { node_exporter: "node_exporter" };

Deno.test("fill unpacks once when two want the same at once", async () => {
  await using directory = await temporaryDirectory();
  const wanted = wantedOf("node_exporter", "1.11.1", directory.path);
  let times = 0;
  const unpack = async (into: string) => {
    times++;
    await writeProgram(join(into, "node_exporter"), LINE);
  };
  const unit = releaseUnit(wanted)!;
  const both = await Promise.all([1, 2].map(() => fill(wanted, unit, "release", PROGRAMS, unpack)));
  assert.equal(times, 1);
  assert.equal(both[0]!.path, both[1]!.path);
});

Deno.test("fill leaves nothing when it fails, and clears away what a killed run left", async () => {
  await using directory = await temporaryDirectory();
  const wanted = wantedOf("node_exporter", "1.11.1", directory.path);
  const unit = releaseUnit(wanted)!;
  await assert.rejects(
    fill(
      wanted,
      unit,
      "release",
      PROGRAMS,
      (into) => writeProgram(join(into, "node_exporter"), "something else"),
    ),
    { message: /is not node_exporter/ },
  );
  await assert.rejects(cacheSource().find(wanted));
  const left = join(directory.path, "unpacking", `${unit}.1234abcd`);
  await Deno.mkdir(left, { recursive: true });
  await Deno.writeTextFile(join(left, "half"), "half");
  const found = await fill(wanted, unit, "release", PROGRAMS, async (into) => {
    assert.deepEqual(await Array.fromAsync(Deno.readDir(into)), []);
    await writeProgram(join(into, "node_exporter"), LINE);
  });
  assert.equal(found.version, "1.11.1");
  assert.deepEqual(await Array.fromAsync(Deno.readDir(join(directory.path, "unpacking"))), []);
});

Deno.test("cacheSource does not take a program that lost its content, and fill replaces it", async () => {
  await using directory = await temporaryDirectory();
  const wanted = wantedOf("node_exporter", "1.11.1", directory.path);
  const unit = releaseUnit(wanted)!;
  const unpack = (into: string) => writeProgram(join(into, "node_exporter"), LINE);
  const { path } = await fill(wanted, unit, "release", PROGRAMS, unpack);
  await Deno.truncate(path, 0);
  await assert.rejects(cacheSource().find(wanted), { name: "Unavailable" });
  await fill(wanted, unit, "release", PROGRAMS, unpack);
  assert.equal((await cacheSource().find(wanted)).source, "cache");
  await Deno.writeTextFile(join(directory.path, "programs", unit, ".vigie.json"), "{");
  await assert.rejects(cacheSource().find(wanted), { name: "Unavailable" });
});

Deno.test("cacheSource has nothing for another version", async () => {
  await using directory = await temporaryDirectory();
  const wanted = wantedOf("node_exporter", "1.11.1", directory.path);
  await fill(
    wanted,
    releaseUnit(wanted)!,
    "release",
    PROGRAMS,
    (into) => writeProgram(join(into, "node_exporter"), LINE),
  );
  await assert.rejects(cacheSource().find({ ...wanted, version: "1.11.2" }), { name: "Unavailable" });
});

Deno.test("fill says that the cache cannot be written", async () => {
  await using directory = await temporaryDirectory();
  const file = join(directory.path, "file");
  await Deno.writeTextFile(file, "");
  const wanted = wantedOf("node_exporter", "1.11.1", join(file, "cache"));
  await assert.rejects(fill(wanted, "unit", "release", PROGRAMS, () => Promise.resolve()), {
    name: "Unavailable",
    message: /^cannot write to the cache: /,
  });
});
