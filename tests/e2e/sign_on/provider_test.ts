import { deepEqual, equal, match } from "node:assert/strict";
import { createTestGate, ENTRY } from "../../../webhook/sign_on/testing.ts";
import type { ProviderSettings } from "../../../webhook/sign_on/settings.ts";
import { CLIENT, type ProviderOptions, startProvider, type TestProvider } from "./provider.ts";

const OPTIONS: ProviderOptions = {
  accounts: [
    { name: "anna", groups: ["sre", "other"] },
    { name: "mallory", groups: ["strangers"] },
  ],
  back: `${ENTRY}/sign-on/openid/back`,
  signedOut: `${ENTRY}/sign-on?out`,
};

function settingsFor({ issuer, ca }: TestProvider): ProviderSettings {
  return {
    name: "Example",
    issuer,
    ca,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    scopes: ["openid", "profile"],
    groupsClaim: "realm.roles",
    userClaim: "preferred_username",
    clockToleranceSeconds: 30,
  };
}

/** A gate whose clock is this machine's, as the provider's is. */
function gateFor(provider: TestProvider, others: Partial<ProviderSettings> = {}) {
  const gate = createTestGate({ settings: { provider: { ...settingsFor(provider), ...others } } });
  gate.clock.set(Date.now());
  gates.push(gate);
  return gate;
}

const gates: ReturnType<typeof createTestGate>[] = [];

const pathOf = (url: string) => url.slice(ENTRY.length);

Deno.test("the gate against a real OpenID provider", async (t) => {
  await using provider = await startProvider(OPTIONS);
  const begin = async (
    browser: ReturnType<ReturnType<typeof gateFor>["browser"]>,
    to = "/prometheus/graph",
  ) => {
    const response = await browser.ask(`/sign-on/openid?to=${encodeURIComponent(to)}`);
    equal(response.status, 303);
    return response.headers.get("location")!;
  };

  await t.step("lets in who has a group with a role, and leads back", async () => {
    const gate = gateFor(provider);
    const browser = gate.browser();
    match(
      await (await browser.ask("/sign-on?to=/x")).text(),
      /href="\/sign-on\/openid\?to=%2Fx">Sign in with Example</,
    );
    const there = new URL(await begin(browser));
    equal(there.origin, provider.issuer);
    equal(there.searchParams.get("code_challenge_method"), "S256");
    for (const name of ["state", "nonce", "code_challenge"]) {
      equal(there.searchParams.get(name)!.length >= 43, true);
    }
    const back = await provider.signIn(there.href, "anna");
    const response = await browser.ask(pathOf(back));
    deepEqual([response.status, response.headers.get("location")], [303, "/prometheus/graph"]);
    const passed = await browser.verify("/prometheus/graph");
    deepEqual([passed.status, passed.headers.get("x-vigie-user"), passed.headers.get("x-vigie-role")], [
      200,
      "anna",
      "admin",
    ]);
    match(gate.logged.join(""), /msg="Signed in" audit=sign-on user=anna source=openid role=admin/);

    // Signing out leads to the provider, which leads back.
    const out = await browser.signOut();
    const end = new URL(out.headers.get("location")!);
    deepEqual([
      end.origin,
      end.searchParams.get("client_id"),
      end.searchParams.get("post_logout_redirect_uri"),
    ], [
      provider.issuer,
      CLIENT.id,
      OPTIONS.signedOut,
    ]);
    const asked = await provider.fetch(end.href);
    equal(asked.status, 200);
    await asked.body?.cancel();
    equal((await browser.verify("/prometheus/graph")).status, 302);
  });

  await t.step("takes a code once, from the browser that asked, and only with its state", async () => {
    const gate = gateFor(provider);
    const browser = gate.browser();
    const back = new URL(await provider.signIn(await begin(browser), "anna"));
    const refused = async (asking: typeof browser, url: URL, status: number) => {
      const response = await asking.ask(pathOf(url.href));
      equal(response.status, status, url.search);
      equal(response.headers.getSetCookie().some((line) => line.startsWith("__Host-vigie=")), false);
      await response.body?.cancel();
    };
    await refused(gate.browser(), back, 400);
    const other = new URL(back);
    other.searchParams.set("state", "other");
    await refused(browser, other, 400);
    // A journey of its own is no way to use somebody else's code: PKCE and nonce are of this one.
    const thief = gate.browser();
    const own = new URL(await begin(thief));
    const stolen = new URL(back);
    stolen.searchParams.set("state", own.searchParams.get("state")!);
    await refused(thief, stolen, 502);
    equal((await browser.ask(pathOf(back.href))).status, 303);
    await refused(browser, back, 502);
    match(gate.logged.join(""), /Cannot sign in at the provider.+invalid_grant/);
    equal(/client-s3cret/.test(gate.logged.join("")), false);
  });

  await t.step("does not let in who has no group with a role", async () => {
    const gate = gateFor(provider);
    const browser = gate.browser();
    await using clean = await startProvider({ ...OPTIONS });
    gate.state.settings = { ...gate.state.settings!, provider: settingsFor(clean) };
    const back = await clean.signIn(await begin(browser), "mallory");
    const response = await browser.ask(pathOf(back));
    equal(response.status, 403);
    match(await response.text(), /none of your groups/);
    match(gate.logged.join(""), /reason=no-role user=mallory source=openid groups=strangers/);
    equal((await browser.verify("/prometheus/graph")).status, 302);
  });

  await t.step("asks for the claims that the ID token does not have", async () => {
    await using sparse = await startProvider({ ...OPTIONS, sparse: true });
    const gate = gateFor(sparse);
    const browser = gate.browser();
    const response = await browser.ask(pathOf(await sparse.signIn(await begin(browser), "anna")));
    equal(response.status, 303);
    equal((await browser.verify("/")).headers.get("x-vigie-user"), "anna");
  });

  await t.step("goes back to what is the stack's own only", async () => {
    for (const to of ["https://evil.example", "//evil.example", "/\\evil.example", "/sign-on/openid?to=/"]) {
      await using fresh = await startProvider(OPTIONS);
      const browser = gateFor(fresh).browser();
      const response = await browser.ask(pathOf(await fresh.signIn(await begin(browser, to), "anna")));
      deepEqual([response.status, response.headers.get("location")], [303, "/"]);
    }
  });

  await t.step("does not wait for ever: a journey ends after ten minutes", async () => {
    const gate = gateFor(provider);
    const browser = gate.browser();
    const back = await provider.signIn(await begin(browser), "anna");
    gate.clock.set(gate.clock.now() + 10 * 60_000);
    equal((await browser.ask(pathOf(back))).status, 400);
  });

  await t.step("says that the provider cannot be used, and lets local users in", async () => {
    const failing: Partial<ProviderSettings>[] = [
      { issuer: "https://localhost:1" },
      { ca: undefined },
      { issuer: `${provider.issuer}/elsewhere` },
    ];
    for (const others of failing) {
      const gate = gateFor(provider, others);
      const browser = gate.browser();
      const response = await browser.ask("/sign-on/openid?to=/");
      equal(response.status, 502);
      match(await response.text(), /Signing in at the identity provider failed/);
      match(
        gate.logged.join(""),
        /level=ERROR msg="Cannot sign in at the provider" reason="Cannot begin to sign in at /,
      );
      equal((await browser.signIn("admin", "admin-pass")).status, 303);
    }
    const wrong = gateFor(provider, { clientSecret: "wrong" });
    const browser = wrong.browser();
    const back = await provider.signIn(await begin(browser), "anna");
    equal((await browser.ask(pathOf(back))).status, 502);
  });

  await t.step("tells somebody who turned back", async () => {
    const browser = gateFor(provider).browser();
    const state = new URL(await begin(browser)).searchParams.get("state");
    const response = await browser.ask(`/sign-on/openid/back?error=access_denied&state=${state}`);
    equal(response.status, 401);
    match(await response.text(), /Signing in was cancelled/);
  });

  for (const gate of gates) gate.close();
});
