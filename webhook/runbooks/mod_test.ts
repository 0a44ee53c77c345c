import assert from "node:assert/strict";
import { join } from "node:path";
import type { Locale } from "../../lib/text.ts";
import { createTestWebhook } from "../testing.ts";
import { createRunbooks, NO_RUNBOOKS, readRunbooks, type Runbooks } from "./mod.ts";
import { RUNBOOKS_FILE, runbooksText } from "./read.ts";

const RUNBOOKS: Runbooks = {
  language: "en",
  byName: new Map([
    ["HostDown", { name: "HostDown", group: "Hosts", html: "<p>It is <em>down</em>.</p>" }],
    ["A<b>", { name: "A<b>", group: "Own & other", html: "<p>x</p>" }],
  ]),
};

function webhook(runbooks: Runbooks = RUNBOOKS, locale: Locale = "fr") {
  return createTestWebhook({ runbooks: createRunbooks({ runbooks: () => runbooks, locale: () => locale }) })
    .app;
}

Deno.test("createRunbooks serves each runbook as a page that loads and runs nothing", async () => {
  const response = await webhook().request("/runbooks/HostDown");
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
  assert.match(
    response.headers.get("content-security-policy")!,
    /^default-src 'none'; style-src 'sha256-[\w+/=]+'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
  );
  assert.equal(response.headers.get("x-content-type-options"), "nosniff");
  assert.equal(response.headers.get("referrer-policy"), "no-referrer");
  const page = await response.text();
  assert.match(page, /^<!DOCTYPE html>\n<html lang="fr">/);
  assert.match(page, /<main lang="en">\n<h1>HostDown<\/h1>\n<p>It is <em>down<\/em>\.<\/p>/);
  assert.match(page, /<a href="\.\.\/runbooks">Toutes les procédures<\/a>/);
  assert.match(page, /color-scheme:light dark/);
  assert.doesNotMatch(page, /<script|<link|javascript:|@import|url\(/);
});

Deno.test("createRunbooks allows the page's own style, and no other", async () => {
  const response = await webhook().request("/runbooks");
  const [, style] = /<style>([^]*)<\/style>/.exec(await response.text())!;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style)));
  const hash = btoa(String.fromCharCode(...digest));
  assert.match(
    response.headers.get("content-security-policy")!,
    new RegExp(RegExp.escape(`'sha256-${hash}'`)),
  );
});

Deno.test("createRunbooks lists every runbook below its heading, in the words of the locale", async () => {
  const french = await (await webhook().request("/runbooks")).text();
  assert.match(french, /<h1>Procédures des alertes<\/h1>/);
  assert.match(
    french,
    /<h2 lang="en">Hosts<\/h2>\n<ul>\n<li><a href="runbooks\/HostDown">HostDown<\/a><\/li>/,
  );
  assert.match(
    french,
    /<h2 lang="en">Own &#38; other<\/h2>\n<ul>\n<li><a href="runbooks\/A%3Cb%3E">A&#60;b&#62;<\/a>/,
  );
  assert.match(await (await webhook(RUNBOOKS, "en").request("/runbooks")).text(), /<h1>Runbooks<\/h1>/);
  assert.match(
    await (await webhook(NO_RUNBOOKS, "en").request("/runbooks")).text(),
    /No runbooks were generated/,
  );
  assert.match(await (await webhook().request("/runbooks/A%3Cb%3E")).text(), /<h1>A&#60;b&#62;<\/h1>/);
});

Deno.test("createRunbooks answers what there is not as the API does, and redirects nowhere", async () => {
  for (
    const path of [
      "/runbooks/HostUp",
      "/runbooks/__proto__",
      "/runbooks/",
      "/runbooks/a/b",
      "/runbooks/..%2fhealth",
    ]
  ) {
    const response = await webhook().request(path);
    assert.equal(response.status, 404, path);
    assert.equal(response.headers.get("content-type"), "application/problem+json");
    const { status, title, detail } = await response.json();
    assert.deepEqual([status, title], [404, "Not found"]);
    assert.match(detail, /^There is no such (?:runbook|path): \/runbooks has them all$/);
  }
  for (const method of ["POST", "PUT", "DELETE"]) {
    for (const path of ["/runbooks", "/runbooks/HostDown"]) {
      const response = await webhook().request(path, { method });
      assert.deepEqual([response.status, response.headers.get("allow")], [405, "GET, HEAD"]);
      assert.equal((await response.json()).status, 405);
    }
  }
  const head = await webhook().request("/runbooks/HostDown", { method: "HEAD" });
  assert.deepEqual([head.status, await head.text()], [200, ""]);
});

Deno.test("createRunbooks shows pages to whoever is told of an alert, also where the API wants a password", async () => {
  const { app } = createTestWebhook({
    credentials: { bearers: ["made-up-bearer-for-a-test"] },
    runbooks: createRunbooks({ runbooks: () => RUNBOOKS, locale: () => "fr" }),
  });
  assert.equal((await app.request("/runbooks/HostDown")).status, 200);
  assert.equal((await app.request("/api/v1/notifications")).status, 401);
});

Deno.test("readRunbooks reads what lies beside webhook.json, and says why it cannot", async () => {
  const directory = await Deno.makeTempDir();
  const config = join(directory, "webhook.json");
  const file = join(directory, RUNBOOKS_FILE);
  try {
    assert.deepEqual(await readRunbooks(undefined), NO_RUNBOOKS);
    assert.deepEqual(await readRunbooks(config), NO_RUNBOOKS);
    await Deno.writeTextFile(file, runbooksText("en", [...RUNBOOKS.byName.values()], "A banner"));
    assert.deepEqual(await readRunbooks(config), RUNBOOKS);
    for (const text of ["", "{", "[]", '{"runbooks":[{}]}']) {
      await Deno.writeTextFile(file, text);
      const { byName, problem } = await readRunbooks(config);
      assert.equal(byName.size, 0);
      assert.equal(problem, `Cannot use "${file}": it is not what Vigie writes there`);
    }
    const refused = await webhook(await readRunbooks(config)).request("/runbooks/HostDown");
    assert.equal((await refused.json()).detail, `Cannot use "${file}": it is not what Vigie writes there`);
    await Deno.remove(file);
    await Deno.mkdir(file);
    assert.match((await readRunbooks(config)).problem!, /^Cannot read ".*runbooks\.json": /);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
