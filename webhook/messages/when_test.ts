import { deepEqual, equal, ok } from "node:assert/strict";
import { formatLasting, formatWhen } from "./when.ts";

const at = (time: string) => Date.parse(time);
const SENT = at("2026-11-22T10:05:00Z");
const en = { locale: "en", timezone: "Europe/Paris", sentMs: SENT } as const;
const fr = { ...en, locale: "fr" } as const;

Deno.test("formatWhen says since when and how long, without the date when it was that day", () => {
  equal(formatWhen(at("2026-11-22T10:02:00Z"), undefined, en), "since 11:02 (3 min)");
  equal(formatWhen(at("2026-11-22T10:02:00Z"), undefined, fr), "depuis 11:02 (3 min)");
});

Deno.test("formatWhen says the date of another day, in the reader's time zone", () => {
  // 23:30 UTC is the same day in Paris already.
  equal(formatWhen(at("2026-11-21T23:30:00Z"), undefined, en), "since 00:30 (10 h 35 min)");
  equal(formatWhen(at("2026-11-21T22:30:00Z"), undefined, en), "since 21 Nov, 23:30 (11 h 35 min)");
  equal(formatWhen(at("2026-11-21T22:30:00Z"), undefined, fr), "depuis le 21 nov. à 23:30 (11 h 35 min)");
});

Deno.test("formatWhen says from when to when for what is over, and what of it is known", () => {
  const start = at("2026-11-22T10:02:00Z");
  const end = at("2026-11-22T10:04:30Z");
  equal(formatWhen(start, end, en), "11:02 to 11:04 (2 min)");
  equal(formatWhen(start, end, fr), "de 11:02 à 11:04 (2 min)");
  equal(formatWhen(undefined, end, en), "until 11:04");
  const before = at("2026-11-20T08:00:00Z");
  equal(formatWhen(before, start, fr), "du 20 nov. à 09:00 à 11:02 (2 j 2 h)");
  equal(formatWhen(before - 60_000, before, fr), "du 20 nov. à 08:59 au 20 nov. à 09:00 (1 min)");
  equal(formatWhen(undefined, before, fr), "jusqu'au 20 nov. à 09:00");
  equal(formatWhen(undefined, undefined, en), "");
});

Deno.test("formatWhen says no time span when the sender's clock is ahead", () => {
  equal(formatWhen(at("2026-11-22T10:06:00Z"), undefined, en), "since 11:06");
});

Deno.test("formatWhen names the time zone when none is configured", () => {
  const said = formatWhen(SENT, undefined, { locale: "en", sentMs: SENT });
  const zone = new Intl.DateTimeFormat("en-GB", { timeZoneName: "short" })
    .formatToParts(SENT).find(({ type }) => type === "timeZoneName")!.value;
  ok(said.includes(zone), said);
});

Deno.test("formatLasting gives the two largest units, and no seconds beside minutes", () => {
  const cases: [number, string][] = [
    [0, "0 s"],
    [999, "0 s"],
    [45_000, "45 s"],
    [60_000, "1 min"],
    [119_000, "1 min"],
    [7_500_000, "2 h 5 min"],
    [7_200_000, "2 h"],
    [86_400_000, "1 d"],
    [273_600_000, "3 d 4 h"],
    [86_400_000 * 400 + 60_000, "400 d"],
  ];
  deepEqual(cases.map(([ms]) => formatLasting(ms, "en")), cases.map(([, text]) => text));
  equal(formatLasting(273_600_000, "fr"), "3 j 4 h");
});
