import { deepEqual, doesNotMatch, equal, match, notEqual } from "node:assert/strict";
import { hashSync } from "bcryptjs";
import { createTestGate, ENTRY, SETTINGS } from "./testing.ts";

const cookieOf = (response: Response) => response.headers.getSetCookie().join("\n");

Deno.test("the gate lets in who knows the password, back to where they came from, and out again", async () => {
  const { browser: newBrowser, logged, figures, sessions } = createTestGate();
  const browser = newBrowser();
  const asked = await browser.verify("/prometheus/graph?g0.expr=up");
  deepEqual([asked.status, asked.headers.get("location")], [
    302,
    "/sign-on?to=%2Fprometheus%2Fgraph%3Fg0.expr%3Dup",
  ]);
  const response = await browser.signIn("olga", "olga-pass", "/prometheus/graph?g0.expr=up");
  deepEqual([response.status, response.headers.get("location")], [303, "/prometheus/graph?g0.expr=up"]);
  match(cookieOf(response), /^__Host-vigie=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
  const passed = await browser.verify("/prometheus/graph");
  deepEqual(
    [passed.status, passed.headers.get("x-vigie-user"), passed.headers.get("x-vigie-role")],
    [200, "olga", "operator"],
  );
  match(await (await browser.ask("/sign-on")).text(), /You are signed in as olga\./);
  const out = await browser.signOut();
  deepEqual([out.status, out.headers.get("location")], [303, "/sign-on?out"]);
  match(cookieOf(out), /^__Host-vigie=; .*Max-Age=0$/);
  match(await (await browser.ask("/sign-on?out")).text(), /role="status">You are signed out\./);
  equal((await browser.verify("/")).status, 302);
  equal(sessions.count(), 0);
  equal(figures.signIns.get("local"), 1);
  deepEqual(logged.map((line) => line.replace(/^\S+ /, "").trimEnd()), [
    'level=INFO msg="Signed in" audit=sign-on user=olga source=local role=operator address=203.0.113.7',
    'level=INFO msg="Signed out" audit=sign-on user=olga source=local address=203.0.113.7',
  ]);
});

Deno.test("the gate does not tell a wrong password from a name that nobody has", async () => {
  const answers = [];
  for (
    const [user, password] of [["admin", "wrong"], ["nobody", "wrong"], ["ADMIN", "admin-pass"], ["vera", ""]]
  ) {
    const { browser: newBrowser, logged, figures } = createTestGate();
    const browser = newBrowser();
    const response = await browser.signIn(user!, password!);
    const page = (await response.text()).replace(/name="proof" value="[^"]*"/, "");
    answers.push({ status: response.status, page, cookie: cookieOf(response) });
    equal(figures.refusals.get("wrong"), 1);
    // What nobody is called may be a password that was typed into the wrong field.
    equal(logged.join("").includes("nobody"), false);
    doesNotMatch(logged.join(""), /admin-pass|wrong\b(?! )/);
  }
  for (const answer of answers) deepEqual(answer, answers[0]);
  match(answers[0]!.page, /id="notice" role="alert">Wrong user name or password\./);
  match(answers[0]!.page, /aria-invalid="true" aria-describedby="notice"/);
});

Deno.test("the gate gives refusals at even times only", async () => {
  const { browser: newBrowser, clock } = createTestGate({ evenMs: 500 });
  const browser = newBrowser();
  for (const user of ["admin", "nobody"]) {
    let done = false;
    const answering = browser.signIn(user, "wrong").then((response) => {
      done = true;
      return response;
    });
    await clock.advance(499);
    equal(done, false);
    await clock.advance(1);
    equal((await answering).status, 401);
  }
});

Deno.test("the gate makes who tries too often wait, with the right password too", async () => {
  const { browser: newBrowser, clock } = createTestGate();
  const browser = newBrowser();
  for (let i = 0; i < 5; i++) equal((await browser.signIn("admin", "wrong")).status, 401);
  const response = await browser.signIn("admin", "admin-pass");
  deepEqual([response.status, response.headers.get("retry-after")], [429, "300"]);
  match(await response.text(), /Too many attempts\. Try again in 5 minutes\./);
  clock.set(clock.now() + 300_000);
  equal((await browser.signIn("admin", "admin-pass")).status, 303);
});

Deno.test("the gate begins a new session at each sign-in, whatever the browser brings", async () => {
  const { browser: newBrowser } = createTestGate();
  const browser = newBrowser();
  const planted = "A".repeat(43);
  browser.cookies.set("__Host-vigie", planted);
  await browser.signIn("vera", "vera-pass");
  const first = browser.cookies.get("__Host-vigie")!;
  notEqual(first, planted);
  await browser.ask("/sign-on/out", { method: "POST" });
  const victim = newBrowser();
  victim.cookies.set("__Host-vigie", first);
  const login = await (await newBrowser().ask("/sign-on")).text();
  notEqual(victim.proofOn(login), "");
  // Signing in ends what the browser had before.
  const again = newBrowser();
  const page = await (await again.ask("/sign-on")).text();
  const form = { user: "admin", password: "admin-pass", to: "/", proof: again.proofOn(page) };
  again.cookies.set("__Host-vigie", first);
  equal((await again.ask("/sign-on", { form })).status, 303);
  notEqual(again.cookies.get("__Host-vigie"), first);
  equal((await victim.verify("/")).status, 302);
});

Deno.test("the gate takes no form that another site posts", async () => {
  const attempts: [string, Record<string, string>, boolean][] = [
    ["another origin", { origin: "https://evil.example" }, true],
    ["an origin that is hidden", { origin: "null" }, true],
    ["another port of the host", { origin: "https://stack.example.org:9999" }, true],
    ["the same site without an origin", { origin: "", "sec-fetch-site": "same-site" }, true],
    ["without the form's proof", {}, false],
  ];
  for (const [what, headers, withProof] of attempts) {
    const { browser: newBrowser, figures } = createTestGate();
    const browser = newBrowser();
    const page = await (await browser.ask("/sign-on")).text();
    const form = { user: "admin", password: "admin-pass", proof: withProof ? browser.proofOn(page) : "x" };
    const response = await browser.ask("/sign-on", { form, headers });
    equal(response.status, 400, what);
    equal(browser.cookies.has("__Host-vigie"), false);
    equal(figures.refusals.get("forged"), 1);
    await browser.signIn("admin", "admin-pass");
    equal((await browser.signOut({ headers: { origin: "https://evil.example" } })).status, 400);
    equal((await browser.ask("/sign-on/out", { form: { proof: "x" } })).status, 400);
    equal((await browser.verify("/")).status, 200);
  }
  // Somebody else's proof is of their cookie.
  const { browser: newBrowser } = createTestGate();
  const [attacker, victim] = [newBrowser(), newBrowser()];
  const proof = attacker.proofOn(await (await attacker.ask("/sign-on")).text());
  await victim.ask("/sign-on");
  equal((await victim.ask("/sign-on", { form: { user: "vera", password: "vera-pass", proof } })).status, 400);
});

Deno.test("the gate takes a form of a few kilobytes at most", async () => {
  const { browser: newBrowser } = createTestGate();
  const browser = newBrowser();
  equal((await browser.signIn("admin", "x".repeat(20_000))).status, 400);
  equal((await browser.signIn("admin", "x".repeat(2_000))).status, 401);
  const json = { "content-type": "application/json" };
  equal((await browser.ask("/sign-on", { form: {}, headers: json })).status, 400);
});

Deno.test("verify judges by role, and tells pages from programs", async () => {
  const { browser: newBrowser, figures } = createTestGate();
  const browser = newBrowser();
  await browser.signIn("vera", "vera-pass");
  equal((await browser.verify("/alertmanager/api/v2/alerts")).status, 200);
  const silences = { "sec-fetch-mode": "cors", "sec-fetch-site": "same-origin", origin: ENTRY };
  const refused = await browser.verify("/alertmanager/api/v2/silences", "POST", silences);
  deepEqual([refused.status, await refused.text()], [403, "Your role, viewer, may not do that"]);
  const page = await browser.verify("/prometheus/debug/pprof/");
  equal(page.status, 403);
  match(await page.text(), /<h1>Access denied<\/h1>/);
  equal(figures.forbidden.get("viewer"), 2);

  await browser.signOut();
  const fetching = await browser.verify("/prometheus/api/v1/query", "GET", { "sec-fetch-mode": "cors" });
  deepEqual([fetching.status, fetching.headers.get("www-authenticate")], [401, 'Session realm="Vigie"']);
  const posting = await browser.verify("/prometheus/api/v1/query", "POST");
  equal(posting.status, 401);
  const { app } = createTestGate();
  const bare = await app.request("/sign-on/verify", {
    headers: { "x-forwarded-method": "GET", "x-forwarded-uri": "/", accept: "*/*" },
  });
  deepEqual([bare.status, bare.headers.get("www-authenticate")], [
    401,
    'Basic realm="Vigie", charset="UTF-8"',
  ]);
  equal((await app.request("/sign-on/verify")).status, 400);
  equal((await browser.verify("/webhook", "POST")).status, 403);
});

Deno.test("verify lets no other site act with somebody's cookie", async () => {
  const { browser: newBrowser } = createTestGate();
  const browser = newBrowser();
  await browser.signIn("admin", "admin-pass");
  const silences = "/alertmanager/api/v2/silences";
  const from = (headers: Record<string, string>) => browser.verify(silences, "POST", headers);
  equal((await from({ origin: ENTRY })).status, 200);
  equal((await from({ origin: "https://stack.example.org:9999" })).status, 403);
  equal((await from({ origin: "https://evil.example" })).status, 403);
  equal((await from({ "sec-fetch-site": "same-site" })).status, 403);
  equal((await from({ "sec-fetch-site": "cross-site" })).status, 403);
  // A link from elsewhere is a link.
  equal((await browser.verify("/", "GET", { "sec-fetch-site": "cross-site" })).status, 200);
});

Deno.test("verify knows machines by Basic authentication", async () => {
  const gate = createTestGate();
  const { browser: newBrowser, logged, state } = gate;
  const basic = (user: string, password: string) => ({
    authorization: `Basic ${btoa(`${user}:${password}`)}`,
    accept: "*/*",
    "sec-fetch-mode": "",
  });
  const browser = newBrowser();
  const right = basic("vera", "vera-pass");
  for (let i = 0; i < 10; i++) {
    const response = await browser.verify("/prometheus/api/v1/query", "POST", right);
    deepEqual([response.status, response.headers.get("x-vigie-user")], [200, "vera"]);
  }
  equal(logged.length, 1, "one line for all of them");
  equal((await browser.verify("/prometheus/-/reload", "POST", right)).status, 403);
  // A changed password counts at once.
  state.settings = { ...SETTINGS, users: [{ name: "vera", role: "viewer", secret: "other" }] };
  equal((await browser.verify("/", "GET", right)).status, 401);
  for (const proof of ["Basic", "Basic !!", "Basic eA==", "Bearer x", "Basic " + btoa(":")]) {
    equal((await browser.verify("/", "GET", { authorization: proof })).status, 401, proof);
  }
  const statuses = [];
  for (let i = 0; i < 6; i++) {
    statuses.push((await browser.verify("/", "GET", basic("vera", "wrong"))).status);
  }
  equal(statuses.at(-1), 429);
});

Deno.test("a session ends as soon as the configuration no longer has its user, role or password", async () => {
  for (
    const users of [
      [],
      [{ name: "vera", role: "viewer" as const, secret: "changed" }],
    ]
  ) {
    const { browser: newBrowser, state } = createTestGate();
    const browser = newBrowser();
    await browser.signIn("vera", "vera-pass");
    state.settings = { ...SETTINGS, users };
    equal((await browser.verify("/")).status, 302);
  }
  const { browser: newBrowser, state } = createTestGate();
  const browser = newBrowser();
  await browser.signIn("vera", "vera-pass");
  state.settings = { ...SETTINGS, users: [{ name: "vera", role: "admin", secret: "vera-pass" }] };
  equal((await browser.verify("/")).headers.get("x-vigie-role"), "admin");
  state.settings = undefined;
  equal((await browser.verify("/")).status, 404);
  equal((await browser.ask("/sign-on")).status, 404);
});

Deno.test("sessionOf tells who sent a request, with what signs them out", async () => {
  const gate = createTestGate();
  const browser = gate.browser();
  equal(gate.sessionOf(new Request(ENTRY)), undefined);
  await browser.signIn("olga", "olga-pass");
  const cookie = `a=b; __Host-vigie=${browser.cookies.get("__Host-vigie")}`;
  const { signOutProof, ...session } = gate.sessionOf({ headers: new Map([["cookie", cookie]]) })!;
  deepEqual(session, { user: "olga", role: "operator", source: "local" });
  // A second one may be somebody else's, planted.
  equal(gate.sessionOf({ headers: new Map([["cookie", `${cookie}; __Host-vigie=x`]]) }), undefined);
  equal((await browser.ask("/sign-on/out", { form: { proof: signOutProof } })).status, 303);
});

Deno.test("local users may have a bcrypt hash instead of a password, which is no password itself", async () => {
  const secret = hashSync("right", 4);
  const { browser: newBrowser } = createTestGate({
    settings: { users: [{ name: "hash", role: "viewer", secret }, ...SETTINGS.users] },
  });
  const browser = newBrowser();
  equal((await browser.signIn("hash", "right")).status, 303);
  equal((await newBrowser().signIn("hash", secret)).status, 401);
  equal((await newBrowser().signIn("vera", "vera-pass")).status, 303);
  equal((await newBrowser().signIn("vera", "right")).status, 401);
});

Deno.test("the pages run no script, load nothing, escape everything, and speak the reader's language", async () => {
  const { app, browser: newBrowser } = createTestGate({
    settings: {
      provider: {
        name: '<b>"X"</b>',
        issuer: "https://login.example.org",
        clientId: "x",
        scopes: ["openid"],
        groupsClaim: "groups",
        userClaim: "sub",
        clockToleranceSeconds: 1,
      },
    },
  });
  const response = await newBrowser().ask("/sign-on?to=/%22%3E%3Cscript%3Ealert(1)%3C/script%3E");
  const page = await response.text();
  doesNotMatch(page, /<script|<b>| on\w+=|style="|https?:\/\//);
  match(page, /Sign in with &#60;b&#62;/);
  const policy = response.headers.get("content-security-policy")!;
  match(
    policy,
    /^default-src 'none'; style-src 'sha256-[\w+/=]+'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' https:\/\/login\.example\.org$/,
  );
  equal(response.headers.get("cache-control"), "no-store");
  for (
    const [wanted, words] of [["fr-CA,en;q=0.5", "Mot de passe"], ["de, en;q=0.2, fr;q=0", "Password"], [
      "de",
      "Mot de passe",
    ]]
  ) {
    const page = await (await app.request("/sign-on", { headers: { "accept-language": wanted! } })).text();
    match(page, new RegExp(`>${words}<`), `${wanted}`);
    match(page, /<label for="user">.*\n<input id="user" name="user" [^>]*autocomplete="username"/);
    match(page, /<label for="password">.*\n<input id="password" [^>]*autocomplete="current-password"/);
  }
});

Deno.test("with a host for each service the sign-in page is on one of them, and its cookie for all", async () => {
  const urls = { webhook: "https://stack.example.org", prometheus: "https://prometheus.stack.example.org" };
  const { browser: newBrowser } = createTestGate({ settings: { urls } });
  const browser = newBrowser();
  const there = { "x-forwarded-host": "prometheus.stack.example.org" };
  const asked = await browser.verify("/graph?x=1", "GET", there);
  const to = "https://prometheus.stack.example.org/graph?x=1";
  equal(asked.headers.get("location"), `https://stack.example.org/sign-on?to=${encodeURIComponent(to)}`);
  const headers = { "x-forwarded-host": "stack.example.org", origin: "https://stack.example.org" };
  const response = await browser.signIn("vera", "vera-pass", to, { headers });
  equal(response.headers.get("location"), to);
  match(cookieOf(response), /^__Secure-vigie=[\w-]{43}; .*; Domain=stack\.example\.org$/);
  equal((await browser.verify("/graph", "GET", there)).status, 200);
});
