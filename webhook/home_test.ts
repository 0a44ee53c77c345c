import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { createHome, type HomeOptions } from "./home.ts";

const home = (options: Partial<HomeOptions> = {}) =>
  createHome({
    urls: () => undefined,
    sessionOf: () => undefined,
    formTargets: () => ["https://login.example"],
    locale: () => "fr",
    ...options,
  });

Deno.test("createHome shows the services, who is signed in and the way out, and runs nothing", async () => {
  const response = await home({
    urls: () => ({ webhook: "https://m.example/", grafana: "https://m.example/grafana/" }),
    sessionOf: () => ({ user: "<b>", role: "viewer", source: "local", signOutProof: "made-up" }),
  }).request("/");
  equal(response.status, 200);
  match(response.headers.get("content-security-policy")!, /^default-src 'none'; style-src 'sha256-/);
  match(response.headers.get("content-security-policy")!, /form-action 'self' https:\/\/login\.example$/);
  const text = await response.text();
  match(text, /<html lang="fr">/);
  match(text, /href="https:\/\/m\.example\/grafana\/">Grafana</);
  match(text, /&#60;b&#62;. Lecture seule/);
  match(text, /action="sign-on\/out">\n<input type="hidden" name="proof" value="made-up">/);
  doesNotMatch(text, /<script|<b>|href="https:\/\/m\.example\/"/);
});

Deno.test("createHome shows its own links where nobody signs in, in the reader's language, to GET and HEAD", async () => {
  const text = await (await home().request("/", { headers: { "accept-language": "en" } })).text();
  match(text, /<html lang="en">[^]*href="runbooks">Runbooks<[^]*href="metrics">/);
  doesNotMatch(text, /<form/);
  const head = await home().request("/", { method: "HEAD" });
  deepEqual([head.status, await head.text()], [200, ""]);
  const post = await home().request("/", { method: "POST" });
  deepEqual([post.status, post.headers.get("allow")], [405, "GET, HEAD"]);
});
