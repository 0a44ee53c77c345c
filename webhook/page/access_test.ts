import { deepEqual, equal } from "node:assert/strict";
import { Hono } from "hono";
import { createAuth } from "../auth/mod.ts";
import type { SignedIn } from "../sign_on/mod.ts";
import { type AccessOptions, createAccess } from "./access.ts";
import { pageSchema } from "./schema.ts";
import type { PageEnv } from "./view.ts";

Deno.test("createAccess says later on whether who was let in still would be", async () => {
  let session: SignedIn | undefined = {
    user: "ada",
    role: "viewer",
    source: "local",
    signOutProof: "made-up",
  };
  let isGated = true;
  let auth = createAuth({ bearers: [], users: [], hmacs: [] });
  const options: Partial<AccessOptions> = {
    page: () => pageSchema.parse({}),
    externalUrl: () => undefined,
    gate: { sessionOf: () => session, formTargets: () => [] },
    isGated: () => isGated,
    auth: () => auth,
    isLocal: () => true,
    locale: () => "en",
  };
  const stills: (() => Promise<boolean>)[] = [];
  const app = new Hono<PageEnv>().use(createAccess(options as AccessOptions)).get("/page/events", (c) => {
    stills.push(c.var.mayStill);
    return c.text("let in");
  });
  const come = async () =>
    (await app.request("/page/events", { headers: { host: "127.0.0.1:9094" } })).status;
  const answers = () => Promise.all(stills.map((still) => still()));

  equal(await come(), 200);
  deepEqual(await answers(), [true]);
  session = undefined;
  deepEqual(await answers(), [false]);
  isGated = false;
  equal(await come(), 200);
  deepEqual(await answers(), [true, true]);
  auth = createAuth({ bearers: ["made-up"], users: [], hmacs: [] });
  deepEqual(await answers(), [false, false], "now it wants a token");
});
