/** The log of a service in a container, as it comes. */

import type { Service } from "../../compose/services/mod.ts";
import { lastLine, refusal } from "./docker_cli.ts";
import { composeArgs, type ComposeProject } from "./docker_up.ts";

/** Lines of the log of `service`, the oldest first; with `follow` until `signal` aborts, across restarts. */
export async function* dockerLogs(
  project: Pick<ComposeProject, "name" | "file">,
  service: Service,
  { tail, follow, signal }: { tail: number; follow: boolean; signal: AbortSignal },
): AsyncGenerator<string> {
  // Through Compose: it keeps the order of the two streams, and finds the service's next container.
  const child = new Deno.Command("docker", {
    args: [
      ...composeArgs(project),
      "logs",
      "--no-log-prefix",
      "--no-color",
      `--tail=${tail}`,
      ...(follow ? ["--follow"] : []),
      service,
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stop = () => {
    try {
      child.kill("SIGTERM");
    } catch {
      // It ended by itself in the meantime.
    }
  };
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const errors = new Response(child.stderr).text();
  let rest = "";
  try {
    for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + piece).split("\n");
      rest = lines.pop()!;
      yield* lines;
    }
    if (rest !== "") yield rest;
  } finally {
    stop();
    signal.removeEventListener("abort", stop);
  }
  const [{ code }, stderr] = await Promise.all([child.status, errors]);
  if (code !== 0 && !signal.aborted && lastLine(stderr) !== "") {
    throw refusal("docker compose logs", stderr, code);
  }
}
