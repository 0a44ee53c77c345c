import { deepEqual, equal, ok } from "node:assert/strict";
import { byteLength } from "./cut.ts";
import { teamsChannel, type TeamsOut } from "./teams.ts";
import { caseMessage } from "./testing/cases.ts";
import { fakeDestination, type Reply } from "./testing/fake_destination.ts";
import { testGolden } from "./testing/golden.ts";
import { assertHarmless, assertSafeUrl, rendersOnlyLegal, textsIn } from "./testing/properties.ts";

const SETTINGS = { url: "https://prod-1.westeurope.logic.azure.com/workflows/s3cr3t" };

const context = () => ({
  fetch,
  print: () => Promise.resolve(),
  signal: AbortSignal.timeout(10_000),
  now: () => Date.parse("2026-11-22T10:00:00Z"),
});

testGolden(teamsChannel, SETTINGS);

Deno.test("teamsChannel renders only what Teams takes, and nothing that calls anybody", () => {
  rendersOnlyLegal<TeamsOut>(teamsChannel, SETTINGS, legal);
});

function legal(out: TeamsOut): void {
  const json = JSON.stringify(out);
  ok(2 * json.length <= 28_000, `${2 * json.length} bytes as UTF-16`);
  ok(byteLength(json) <= 28_000, `${byteLength(json)} bytes as UTF-8`);
  const { type, attachments: [{ contentType, contentUrl, content }], ...others } = out;
  deepEqual([type, contentType, contentUrl, others], [
    "message",
    "application/vnd.microsoft.card.adaptive",
    null,
    {},
  ]);
  deepEqual([content.type, ["1.2", "1.4"].includes(content.version)], ["AdaptiveCard", true]);
  ok(!("entities" in (content.msteams ?? {})), "only entities make a mention");
  ok(content.body.length > 0);
  content.body.forEach(legalElement);
  for (const text of textsIn(out)) assertHarmless(text);
}

/** Source: adaptivecards.io/explorer. */
function legalElement(element: TeamsOut["attachments"][0]["content"]["body"][number]): void {
  switch (element.type) {
    case "Container":
      ok(["attention", "warning", "accent", "good", "emphasis", "default"].includes(element.style));
      ok(element.items.length > 0);
      return element.items.forEach(legalElement);
    case "RichTextBlock":
      ok(element.inlines.length > 0);
      for (const { type, text } of element.inlines) {
        equal(type, "TextRun");
        ok(text.length > 0 && !text.includes("\n"));
      }
      return;
    case "TextBlock":
      // Markdown: links with the webhook's own words, and nothing else.
      for (const part of element.text.split(" · ")) {
        const [, label, url] = /^\[([\p{L} ]+)\]\(([^()\s]+)\)$/u.exec(part) ?? [];
        ok(label && url, part);
        assertSafeUrl(url);
      }
  }
}

Deno.test("teamsChannel shows Markdown in alerts as it is", () => {
  const [out] = teamsChannel.render(caseMessage("hostile", "en"), SETTINGS);
  const [head] = out!.attachments[0].content.body;
  ok(head?.type === "Container" && head.items[0]?.type === "RichTextBlock");
  ok(head.items[0].inlines[0]!.text.includes("*bold* _it_ ~no~ `code`"));
});

Deno.test("teamsChannel splits what is long into at most five cards of whole alerts, and counts the rest", () => {
  const outs = teamsChannel.render(caseMessage("long", "en"), SETTINGS);
  equal(outs.length, 5);
  outs.forEach((out, i) => ok(JSON.stringify(out).includes(`(${i + 1}/5)`)));
  const text = JSON.stringify(outs);
  const told = [...text.matchAll(/Disk almost full on db-\d+/g)].length;
  ok(told === 60 || text.includes(`… and ${60 - told} more`), `${told}`);
});

Deno.test("teamsChannel's plain form tells each alert in a line, and leads to the whole", () => {
  const { attachments: [{ content }] } = teamsChannel.plain(caseMessage("resolved", "fr"), SETTINGS);
  deepEqual(content.body.map((element) => [...textsIn(element)].find((text) => /[ [(]/.test(text))), [
    "[RÉSOLU] HostDiskAlmostFull · db-1, db-2",
    "✅ HostDiskAlmostFull: Disk almost full on db-1",
    "✅ HostDiskAlmostFull: Disk almost full on db-2",
    "[Message entier](https://vigie.example/api/v1/notifications/42)",
  ]);
});

Deno.test("teamsChannel's settings want the address, and its previews do not hold it", () => {
  equal(teamsChannel.check?.({}), "give the url");
  equal(teamsChannel.check?.({ url: "x" }), undefined);
  const [out] = teamsChannel.render(caseMessage("firing", "en"), SETTINGS);
  const { what, body } = teamsChannel.preview(out!, SETTINGS);
  ok(!(what + body).includes("s3cr3t") && what.includes("<secret>"));
});

Deno.test("teamsChannel judges answers by status and body", async () => {
  const connector = (code: number) =>
    `Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error ${code} with ContextId x`;
  const cases: [Reply, Record<string, unknown>][] = [
    [{ status: 202 }, { result: "delivered" }],
    [{ status: 200, body: "1" }, { result: "delivered" }],
    [{ status: 200, body: connector(429), headers: { "retry-after": "9" } }, {
      result: "retry",
      reason: `It answered 429: ${connector(429)}`,
      afterMs: 9_000,
    }],
    [{ status: 200, body: connector(413) }, {
      result: "refused",
      reason: `It answered 413: ${connector(413)}`,
    }],
    [{ status: 200, body: connector(503) }, {
      result: "retry",
      reason: `It answered 503: ${connector(503)}`,
      afterMs: undefined,
    }],
    [{ status: 200, body: "<!DOCTYPE html><title>Sign in</title>" }, {
      result: "retry",
      reason: "It answered 200: a page, which is not how it confirms",
    }],
    [{
      status: 429,
      headers: { "retry-after": "17" },
      body: { error: { code: "429", message: "Slow down" } },
    }, {
      result: "retry",
      reason: "It answered 429: 429: Slow down",
      afterMs: 17_000,
    }],
    [{ status: 400, body: { error: { code: "TriggerInputSchemaMismatch", message: "No." } } }, {
      result: "refused",
      reason: "It answered 400: TriggerInputSchemaMismatch: No.",
    }],
    [{ status: 400, body: { error: { code: "WorkflowTriggerIsNotEnabled", message: "Off." } } }, {
      result: "gone",
      reason: "It answered 400: WorkflowTriggerIsNotEnabled: Off.",
    }],
    [{ status: 401, body: { error: { code: "DirectApiAuthorizationRequired", message: "No." } } }, {
      result: "gone",
      reason: "It answered 401: DirectApiAuthorizationRequired: No.",
    }],
    [{ status: 404, body: { error: { code: "WorkflowNotFound", message: "Gone." } } }, {
      result: "gone",
      reason: "It answered 404: WorkflowNotFound: Gone.",
    }],
    [{ status: 413, body: "" }, { result: "refused", reason: "It answered 413" }],
    [{ status: 502, body: { error: null } }, {
      result: "retry",
      reason: 'It answered 502: {"error":null}',
      afterMs: undefined,
    }],
  ];
  await using teams = fakeDestination();
  const [out] = teamsChannel.render(caseMessage("firing", "en"), SETTINGS);
  for (const [reply, outcome] of cases) {
    teams.answer(reply);
    deepEqual(await teamsChannel.send(out!, { url: teams.url }, context()), outcome, JSON.stringify(reply));
  }
  const [request] = teams.requests;
  deepEqual(JSON.parse(request!.body), out);
  equal(request!.headers["content-type"], "application/json");
});
