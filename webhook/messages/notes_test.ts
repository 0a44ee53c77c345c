import { deepEqual, equal } from "node:assert/strict";
import { type MessageNote, sayNote } from "./notes.ts";

const NOTES: readonly [MessageNote, fr: string, en: string][] = [
  [{ kind: "late", byMs: 7_500_000, standsFor: 1 }, "En retard de 2 h 5 min", "Late by 2 h 5 min"],
  [
    { kind: "late", byMs: 60_000, standsFor: 1_400 },
    "En retard de 1 min : état le plus récent, à la place de 1\u202f400 notifications",
    "Late by 1 min: the newest state, in place of 1,400 notifications",
  ],
  [
    { kind: "flapping", quietMs: 600_000 },
    "Ce groupe change sans cesse : seul ce qui tient 10 min sera encore annoncé ; ce qui est critique l'est toujours",
    "This group keeps changing: only what holds for 10 min is told from now on; what is critical always is",
  ],
  [
    { kind: "fallback", channel: "ops", reason: "It answered 404\n" },
    "Destiné au canal « ops », injoignable : It answered 404",
    'Meant for the channel "ops", which could not be told: It answered 404',
  ],
  [
    { kind: "fallback", channel: "ops", reason: "" },
    "Destiné au canal « ops », injoignable",
    'Meant for the channel "ops", which could not be told',
  ],
  [
    { kind: "incomplete", leftOut: 1 },
    "Incomplet : l'expéditeur a omis une alerte, qui est peut-être en cours",
    "Incomplete: the sender left out an alert, which may be firing",
  ],
  [
    { kind: "incomplete", leftOut: 3 },
    "Incomplet : l'expéditeur a omis 3 alertes, dont certaines sont peut-être en cours",
    "Incomplete: the sender left out 3 alerts, some of which may be firing",
  ],
  [{ kind: "test" }, "Ceci est un essai", "This is a test"],
  [{ kind: "own" }, "Message du webhook lui-même", "The webhook itself says this"],
  [
    { kind: "plain" },
    "Texte simple : la destination a refusé la forme complète",
    "Plain text: the destination refused the full form",
  ],
  [{ kind: "text", text: "a\u202eb" }, "a<U+202E>b", "a<U+202E>b"],
];

Deno.test("sayNote says every remark in both languages", () => {
  for (const [note, fr, en] of NOTES) deepEqual([sayNote(note, "fr"), sayNote(note, "en")], [fr, en]);
});

Deno.test("sayNote cuts reasons that go on and on", () => {
  const said = sayNote({ kind: "fallback", channel: "c".repeat(999), reason: "r".repeat(9_999) }, "en");
  equal(said.length < 500, true);
});
