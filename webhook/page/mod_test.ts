import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { createAuth } from "../auth/mod.ts";
import type { SignedIn } from "../sign_on/mod.ts";
import { createFeed } from "./feed.ts";
import { createPages, pageSchema, type PagesOptions } from "./mod.tsx";

/** Pages of a webhook that holds nothing; what a test does not touch is not there. */
function pages(options: Partial<PagesOptions> = {}) {
  return createPages({
    page: () => pageSchema.parse({ stack: "<b>", hosts: ["monitor.example"] }),
    feed: createFeed(),
    externalUrl: () => undefined,
    gate: { sessionOf: () => undefined, formTargets: () => [] },
    isGated: () => false,
    auth: () => createAuth({ bearers: [], users: [], hmacs: [] }),
    isLocal: () => true,
    locale: () => "fr",
    ...options,
  } as PagesOptions);
}

const HOST = { host: "127.0.0.1:9094" };
const signedIn = (role: SignedIn["role"]): Partial<PagesOptions> => ({
  isGated: () => true,
  gate: {
    sessionOf: () => ({ user: "ada", role, source: "openid", signOutProof: "made-up" }),
    formTargets: () => ["https://provider.example"],
  },
});
const proofIn = (text: string) => /name="proof" value="([^"]+)"/.exec(text)![1]!;

/** Posts a form as a page of ours does. */
async function post(app: ReturnType<typeof pages>, path: string, fields: object, headers: object = {}) {
  const proof = proofIn(await (await app.request("/page/nowhere", { headers: HOST })).text());
  return await app.request(path, {
    method: "POST",
    headers: { ...HOST, "content-type": "application/x-www-form-urlencoded", ...headers },
    body: String(new URLSearchParams({ proof, ...fields })),
  });
}

Deno.test("createPages answers what there is not with a page in the reader's language that runs nothing of others", async () => {
  const response = await pages().request("/page/nowhere", { headers: { ...HOST, "accept-language": "en" } });
  equal(response.status, 404);
  const policy = response.headers.get("content-security-policy")!;
  match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/);
  doesNotMatch(policy, /unsafe/);
  const text = await response.text();
  match(text, /^<!DOCTYPE html><html lang="en" data-theme="system">/);
  match(text, /&lt;b&gt; · Vigie<\/title>/);
  doesNotMatch(text, /<b>|<script>|style="| on\w+="/);
});

Deno.test("createPages is not shown under a name that is not its own", async () => {
  for (const host of ["evil.example", "monitor.example.evil.test"]) {
    equal((await pages().request("/proof", { headers: { host } })).status, 421);
  }
  equal((await pages().request("/page/nowhere", { headers: { host: "monitor.example:8443" } })).status, 404);
});

Deno.test("createPages keeps out who does not sign in, and shows the way in", async () => {
  const gated = pages({ isGated: () => true });
  const response = await gated.request("/proof?a=1", { headers: HOST });
  deepEqual([response.status, response.headers.get("location")], [302, "/sign-on?to=%2Fproof%3Fa%3D1"]);
  const fetched = await gated.request("/page/events", { headers: { ...HOST, "sec-fetch-mode": "cors" } });
  equal(fetched.status, 401);
  equal((await pages({ isLocal: () => false }).request("/", { headers: HOST })).status, 403);
});

Deno.test("createPages shows itself to whoever can connect where the configuration says so", async () => {
  const page = () => pageSchema.parse({ open: true });
  equal((await pages({ isLocal: () => false, page }).request("/page/x", { headers: HOST })).status, 404);
});

Deno.test("createPages takes a form of its own page alone", async () => {
  const app = pages();
  const done = await post(app, "/page/prefer", { theme: "dark", language: "en" });
  deepEqual([done.status, done.headers.get("location")], [303, "/"]);
  match(done.headers.get("set-cookie")!, /vigie-language=en; .*vigie-theme=dark; /);
  equal((await post(app, "/page/prefer", { proof: "made-up" })).status, 403);
  for (
    const headers of [
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { origin: "https://evil.example" },
      { origin: "http://127.0.0.1:1" },
      { origin: "null" },
    ]
  ) equal((await post(app, "/page/prefer", {}, headers)).status, 403);
  equal((await post(app, "/page/prefer", {}, { origin: "http://127.0.0.1:9094" })).status, 303);
  equal((await post(app, "/page/prefer", {}, { "content-type": "text/plain" })).status, 415);
  equal((await app.request("/page/prefer", { method: "DELETE", headers: HOST })).status, 405);
});

Deno.test("createPages lets who only looks choose how it looks, and do nothing else", async () => {
  const app = pages(signedIn("viewer"));
  equal((await post(app, "/page/prefer", { theme: "light" })).status, 303);
  equal((await post(app, "/page/nowhere", {})).status, 403);
  equal((await post(pages(signedIn("operator")), "/page/nowhere", {})).status, 404);
});

Deno.test("createPages lets the form that signs out lead to the provider of who is signed in, and no form elsewhere", async () => {
  const policyOf = async (app: ReturnType<typeof pages>) =>
    (await app.request("/page/nowhere", { headers: HOST })).headers.get("content-security-policy")!;
  match(await policyOf(pages(signedIn("viewer"))), /form-action 'self' https:\/\/provider\.example$/);
  match(await policyOf(pages()), /form-action 'self'$/);
});

Deno.test("createPages keeps what a reader has chosen, and goes back to the page where it was chosen", async () => {
  const app = pages();
  const cookie = "a=b; vigie-language=en; vigie-theme=dark";
  const text = await (await app.request("/page/nowhere", { headers: { ...HOST, cookie } })).text();
  match(text, /<html lang="en" data-theme="dark">/);
  match(text, /<option value="dark" selected/);
  const back = { referer: "http://127.0.0.1:9094/proof?q=1" };
  equal((await post(app, "/page/prefer", {}, back)).headers.get("location"), "/proof?q=1");
  for (const referer of ["http://evil.example/x", "http://127.0.0.1:9094//evil.example/", "nonsense"]) {
    equal((await post(app, "/page/prefer", {}, { referer })).headers.get("location"), "/");
  }
});

Deno.test("createPages has no files but those that it lists", async () => {
  for (const path of ["/page/assets/assets.json", "/page/assets/..%2F..%2Fdeno.json", "/page/assets/x.js"]) {
    equal((await pages().request(path, { headers: HOST })).status, 404);
  }
});

Deno.test("createPages compresses pages for those who can read that", async () => {
  const headers = { ...HOST, "accept-encoding": "br, gzip" };
  const response = await pages().request("/page/nowhere", { headers });
  equal(response.headers.get("content-encoding"), "gzip");
  match(response.headers.get("vary")!, /accept-encoding/);
  const stream = response.body!.pipeThrough(new DecompressionStream("gzip"));
  match(await new Response(stream).text(), /^<!DOCTYPE html>.*<\/html>$/s);
  equal((await pages().request("/page/nowhere", { headers: HOST })).headers.get("content-encoding"), null);
});
