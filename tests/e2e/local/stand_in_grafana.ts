/** Stands in for Grafana, which no Debian suite has: a home as its archive lays it out, and a program that answers as it does. */

import { join } from "node:path";

// It wants what Grafana's own start needs from its environment, and would not start without it. As Grafana does, it takes the password in its
// settings only when it makes its database, and has it changed by its API: pkg/api/admin_users.go, pkg/api/login.go.
const SERVER = `const env = Deno.env.toObject();
const given = Deno.readTextFileSync(env.GF_SECURITY_ADMIN_PASSWORD.slice("$__file{".length, -1));
Deno.statSync(env.GF_PATHS_PROVISIONING + "/datasources");
Deno.statSync(env.GF_PATHS_DATA);
if (given === "" || Deno.args[0] !== "server" || Deno.args[1] !== "--homepath") Deno.exit(1);
const database = env.GF_PATHS_DATA + "/grafana.db";
const user = env.GF_SECURITY_ADMIN_USER;
try {
  Deno.writeTextFileSync(database, given, { createNew: true, mode: 0o600 });
} catch (error) {
  if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
}
const isRight = (login, password) => login === user && password === Deno.readTextFileSync(database);
const say = (status, message) => Response.json({ message }, { status });
Deno.serve({ hostname: env.GF_SERVER_HTTP_ADDR, port: Number(env.GF_SERVER_HTTP_PORT) }, async (request) => {
  const { pathname } = new URL(request.url);
  if (pathname === "/api/health") return Response.json({ database: "ok", version: "12.4.0" });
  if (request.method === "POST" && pathname === "/login") {
    const { user: login, password } = await request.json();
    return isRight(login, password) ? say(200, "Logged in") : say(401, "Invalid username or password");
  }
  const [, login, password] = /^(.*?):(.*)$/.exec(atob((request.headers.get("authorization") ?? "").slice("Basic ".length))) ?? [];
  if (!isRight(login, password)) return say(401, "Invalid username or password");
  if (pathname === "/api/user") return Response.json({ id: 1, login, isGrafanaAdmin: true });
  if (request.method === "PUT" && pathname === "/api/admin/users/1/password") {
    const { password: wanted } = await request.json();
    if (wanted.length < 4) return say(400, "New password is missing or too short");
    Deno.writeTextFileSync(database, wanted);
    return say(200, "User password updated");
  }
  return say(404, "Not found");
});
`;

/** Makes the stand-in below `root`. @returns the directory to put on PATH. */
export async function standInGrafana(root: string): Promise<string> {
  const home = join(root, "grafana-12.4.0");
  for (const part of ["bin", "conf", "public"]) await Deno.mkdir(join(home, part), { recursive: true });
  await Deno.writeTextFile(join(home, "conf", "defaults.ini"), "");
  await Deno.writeTextFile(join(home, "server.ts"), SERVER);
  // Beside it, as a service started by root sees its own program and nothing of root's home.
  const deno = join(home, "bin", "deno");
  await Deno.copyFile(Deno.execPath(), deno);
  const lines = [
    "#!/bin/sh",
    'if [ "$1" = --version ]; then echo "grafana version 12.4.0"; exit; fi',
    `exec "${deno}" run --quiet --no-config --allow-env --allow-read --allow-write --allow-net "${home}/server.ts" "$@"`,
  ];
  await Deno.writeTextFile(join(home, "bin", "grafana"), lines.join("\n") + "\n");
  await Deno.chmod(join(home, "bin", "grafana"), 0o755);
  return join(home, "bin");
}
