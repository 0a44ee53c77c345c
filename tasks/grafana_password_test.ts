import { deepEqual, equal, rejects } from "node:assert/strict";
import { join } from "node:path";
import { writeAtomically } from "../lib/files.ts";
import { NotReady } from "./engine/engine.ts";
import { settleGrafanaPassword } from "./grafana_password.ts";
import { previousPasswords, renewSecret } from "./secrets.ts";

/** Answers as Grafana's API does; `deaf`: it says that it changed its password, and did not. */
function grafanaWith(password: string, options: { deaf?: boolean } = {}) {
  const state = { password, changes: 0, logins: 0 };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/login") {
      state.logins++;
      const { user, password } = await request.json();
      return new Response("{}", { status: user === "admin" && password === state.password ? 200 : 401 });
    }
    if (request.headers.get("authorization") !== `Basic ${btoa(`admin:${state.password}`)}`) {
      await request.body?.cancel();
      return new Response("{}", { status: 401 });
    }
    if (pathname === "/api/user") return Response.json({ id: 7 });
    if (pathname !== "/api/admin/users/7/password") return new Response("{}", { status: 404 });
    const { password } = await request.json();
    state.changes++;
    if (!options.deaf) state.password = password;
    return Response.json({ message: "User password updated" });
  });
  return {
    state,
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

async function withState(body: (stateDir: string) => Promise<void>): Promise<void> {
  const stateDir = await Deno.makeTempDir({ prefix: "vigie-grafana-password-" });
  try {
    await body(stateDir);
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
}

const NEED = { service: "grafana", file: "admin-password", from: { made: "password" } } as const;

function settle(url: string, stateDir: string) {
  const signal = AbortSignal.timeout(60_000);
  return settleGrafanaPassword({ url, user: "admin", stateDir, stack: "vigie", engine: "local", signal });
}

const passwordIn = (stateDir: string) =>
  Deno.readTextFile(join(stateDir, "secrets", "grafana", "admin-password"));

Deno.test("settleGrafanaPassword proves a new password by a login, and asks nothing when nothing changed", async () => {
  await withState(async (stateDir) => {
    await renewSecret(NEED, stateDir, "local");
    await using grafana = grafanaWith(await passwordIn(stateDir));
    equal(await settle(grafana.url, stateDir), "proved");
    equal(await settle(grafana.url, stateDir), undefined);
    deepEqual([grafana.state.logins, grafana.state.changes], [1, 0]);
  });
});

Deno.test("settleGrafanaPassword changes what the database has, however often the file changed since", async () => {
  await withState(async (stateDir) => {
    await writeAtomically(join(stateDir, "secrets", "grafana", "admin-password"), "the first one");
    await using grafana = grafanaWith("the first one");
    await renewSecret(NEED, stateDir, "local");
    await renewSecret(NEED, stateDir, "local");
    equal((await previousPasswords(stateDir))?.at(-1), "the first one");
    equal(await settle(grafana.url, stateDir), "changed");
    equal(grafana.state.password, await passwordIn(stateDir));
    equal(await previousPasswords(stateDir), undefined);
  });
});

Deno.test("settleGrafanaPassword completes what was interrupted after the change", async () => {
  await withState(async (stateDir) => {
    await writeAtomically(join(stateDir, "secrets", "grafana", "admin-password"), "the first one");
    await renewSecret(NEED, stateDir, "local");
    // Grafana has it already; that this was so was not written down any more.
    await using grafana = grafanaWith(await passwordIn(stateDir));
    equal(await settle(grafana.url, stateDir), "proved");
    equal(grafana.state.changes, 0);
  });
});

Deno.test("settleGrafanaPassword says what to do when Grafana has a password that nobody knows", async () => {
  await withState(async (stateDir) => {
    await writeAtomically(join(stateDir, "secrets", "grafana", "admin-password"), "the first one");
    await renewSecret(NEED, stateDir, "local");
    await using grafana = grafanaWith("set in its own pages");
    await rejects(settle(grafana.url, stateDir), (error) => {
      equal(
        error instanceof NotReady && error.cure.includes("reset-admin-password --password-from-stdin <"),
        true,
      );
      equal(`${error}`.includes("the first one"), false);
      return true;
    });
    deepEqual(await previousPasswords(stateDir), ["the first one"], "the next `up` tries again");
  });
});

Deno.test("settleGrafanaPassword believes a login only, not what Grafana says", async () => {
  await withState(async (stateDir) => {
    await writeAtomically(join(stateDir, "secrets", "grafana", "admin-password"), "the first one");
    await renewSecret(NEED, stateDir, "local");
    await using grafana = grafanaWith("the first one", { deaf: true });
    await rejects(settle(grafana.url, stateDir), /said that it changed its password, and refuses it/);
  });
});

Deno.test("settleGrafanaPassword says that Grafana does not answer", async () => {
  await withState(async (stateDir) => {
    await renewSecret(NEED, stateDir, "local");
    await using gone = grafanaWith("");
    await gone[Symbol.asyncDispose]();
    await rejects(settle(gone.url, stateDir), /Cannot give Grafana its password: Cannot reach/);
  });
});
