import { equal, ok } from "node:assert/strict";
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import fc from "fast-check";
import { drawGraph, type Graph, MAX_CURVES, MAX_NAMED } from "./draw.ts";
import { cutLabel, escapeXml } from "./svg.ts";

const NOW_MS = Date.parse("2026-11-22T10:00:00Z");
const GRAPH: Graph = {
  title: "HostDiskAlmostFull",
  subtitle: "Disk almost full on db-1",
  severity: "critical",
  curves: [{ name: "db-1", points: [[NOW_MS - 60_000, 90], [NOW_MS, 97]] }],
  fromMs: NOW_MS - 3_600_000,
  toMs: NOW_MS,
  stepMs: 60_000,
  threshold: 95,
  operator: ">",
  unit: "percent",
  startsMs: NOW_MS - 600_000,
  locale: "en",
};

// What draws the pictures is also the judge: it takes no XML that is not well-formed.
const wasm = await Deno.readFile(new URL(import.meta.resolve("@resvg/resvg-wasm/index_bg.wasm")));
let ready: Promise<void> | undefined;
async function parse(svg: string): Promise<void> {
  await (ready ??= initWasm(wasm));
  new Resvg(svg, { font: { loadSystemFonts: false } }).free();
}

const TEXTS = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.constantFrom(
    "<!channel>",
    "@everyone",
    "[x](javascript:alert(1))",
    "_&quot;_",
    "]]></text></svg><script>alert(1)</script>",
    '"><image href="http://evil.example/"/>',
    "<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>&x;",
    "\ud800\u0000\u001b[31m\u202e\ufffe",
    "é ".repeat(5_000),
  ),
);
const NUMBERS = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, 0, 1e308, -1e308, 5e-324));

Deno.test("drawGraph gives well-formed SVG of nothing but its own elements, whatever it is given", async () => {
  await parse(drawGraph(GRAPH));
  await fc.assert(
    fc.asyncProperty(
      TEXTS,
      TEXTS,
      fc.array(fc.record({ name: TEXTS, values: fc.array(NUMBERS, { maxLength: 8 }) }), { maxLength: 8 }),
      fc.option(NUMBERS, { nil: undefined }),
      fc.constantFrom("", "percent", "percentunit", "bytes", "s", "<script>"),
      fc.constantFrom("fr" as const, "en" as const),
      async (title, subtitle, given, threshold, unit, locale) => {
        const curves = given.map(({ name, values }) => ({
          name,
          points: values.map((value, i) => [NOW_MS - i * 60_000, value] as const).reverse(),
        }));
        const line = threshold !== undefined && Number.isFinite(threshold) ? threshold : undefined;
        const svg = drawGraph({ ...GRAPH, title, subtitle, curves, threshold: line, unit, locale });
        ok(!/NaN|Infinity/.test(svg.replace(/<text[^]*?<\/text>/g, "")), "a place is no number");
        for (const [, name] of svg.matchAll(/<([^\s/>]+)/g)) ok(/^(svg|rect|circle|path|text)$/.test(name!));
        await parse(svg);
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("drawGraph leaves a gap where there is no value, and makes a dot of a point alone", () => {
  const at = (minutes: number) => NOW_MS - minutes * 60_000;
  const path = (points: readonly (readonly [number, number])[]) =>
    /d="([^"]*)" fill="none"/.exec(drawGraph({ ...GRAPH, curves: [{ name: "a", points }] }))![1]!;
  equal(path([[at(3), 90], [at(2), 91], [at(1), 92]]).match(/M/g)!.length, 1);
  equal(path([[at(4), 90], [at(3), 91], [at(1), 92], [at(0), 93]]).match(/M/g)!.length, 2);
  equal(path([[at(3), 90], [at(2), NaN], [at(1), 92], [at(0), 93]]).match(/M/g)!.length, 2);
  ok(/^M[\d.]+ [\d.]+h0\.1$/.test(path([[at(3), 90]])));
  equal(path([[at(90), 1], [at(3), Infinity]]), "");
});

Deno.test("drawGraph names the first curves, counts the others, and says when there are no values", () => {
  const curves = Array.from({ length: 500 }, (_, i) => ({
    name: `curve-${i};`,
    points: [[NOW_MS, i] as const],
  }));
  const svg = drawGraph({ ...GRAPH, curves });
  for (let i = 0; i < 500; i++) equal(svg.includes(`curve-${i};`), i < MAX_NAMED, String(i));
  ok(svg.includes(String(500 - MAX_NAMED)));
  equal(svg.match(/fill="none"/g)!.length, MAX_CURVES);
  ok(!drawGraph(GRAPH).includes("No data"));
  const none = { ...GRAPH, curves: [{ name: "a", points: [] }], threshold: undefined };
  ok(drawGraph(none) !== drawGraph({ ...none, locale: "fr" }), "both languages say the same");
});

Deno.test("drawGraph writes the line that was crossed and the time in the reader's language", () => {
  const graph = { ...GRAPH, operator: ">=", threshold: 95.5, timezone: "Europe/Paris" };
  const [en, fr] = [drawGraph(graph), drawGraph({ ...graph, locale: "fr" as const })];
  ok(en.includes("≥ 95.5") || en.includes("&gt;= 95.5"), en);
  ok(fr.includes("95,5"));
  ok(en.includes("10:50") && fr.includes("10:50"), "not in the time zone");
  ok(drawGraph(GRAPH).includes("09:50 UTC"));
  ok(!drawGraph({ ...GRAPH, threshold: undefined }).includes("stroke-dasharray"));
});

Deno.test("escapeXml keeps text as it is to be seen, and cutLabel cuts between characters", () => {
  equal(escapeXml(`<a b="c">&'`), "&lt;a b=&quot;c&quot;&gt;&amp;&apos;");
  equal(escapeXml("a\u0000b\ud800c\u202ed"), "a\ufffdb\ufffdcd");
  equal(cutLabel("  a \n b  ", 10), "a b");
  equal(cutLabel("🚨🚨🚨🚨", 3), "🚨🚨…");
});
