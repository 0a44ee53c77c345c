/** Stands in for Grafana, which no Debian suite has: a home as its archive lays it out, and a program that answers as it does. */

import { join } from "node:path";

// It serves what Grafana's own start needs from its environment, and would not start without it.
const SERVER = `const env = Deno.env.toObject();
const password = Deno.readTextFileSync(env.GF_SECURITY_ADMIN_PASSWORD.slice("$__file{".length, -1));
Deno.statSync(env.GF_PATHS_PROVISIONING + "/datasources");
Deno.statSync(env.GF_PATHS_DATA);
if (password === "" || Deno.args[0] !== "server" || Deno.args[1] !== "--homepath") Deno.exit(1);
Deno.serve({ hostname: env.GF_SERVER_HTTP_ADDR, port: Number(env.GF_SERVER_HTTP_PORT) }, (request) =>
  new URL(request.url).pathname === "/api/health"
    ? Response.json({ database: "ok", version: "12.4.0" })
    : new Response("", { status: 404 }));
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
    `exec "${deno}" run --quiet --no-config --allow-env --allow-read --allow-net "${home}/server.ts" "$@"`,
  ];
  await Deno.writeTextFile(join(home, "bin", "grafana"), lines.join("\n") + "\n");
  await Deno.chmod(join(home, "bin", "grafana"), 0o755);
  return join(home, "bin");
}
