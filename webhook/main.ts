/** The webhook program: `webhook --help`. */

import * as z from "zod";
import { BadUsage, HELP, type Invocation, parseCommandLine } from "./cli.ts";
import { findIll } from "./healthcheck.ts";
import { BadTls } from "./http/tls.ts";
import { JournalFailure } from "./journal/mod.ts";
import { createLog } from "./log.ts";
import { createPrint } from "./print.ts";
import { BadConfig } from "./read_config.ts";
import { webhookSchema } from "./schema.ts";
import { addressText } from "./http/server.ts";
import { type Service, startService } from "./service.ts";
import { VERSION } from "./version.ts";

// 5 s are promised, the end of the process included.
const GRACE_MS = 4_500;

async function main(args: readonly string[]): Promise<number> {
  let invocation: Invocation;
  try {
    invocation = parseCommandLine(args);
  } catch (error) {
    if (!(error instanceof BadUsage)) throw error;
    console.error(`error: ${error.message}`);
    return 2;
  }
  switch (invocation.kind) {
    case "help":
      console.log(HELP.trimEnd());
      return 0;
    case "version":
      console.log(VERSION);
      return 0;
    case "print-schema":
      console.log(JSON.stringify(z.toJSONSchema(webhookSchema, { io: "input" }), null, 2));
      return 0;
    case "healthcheck": {
      const ill = await findIll(invocation.url);
      if (ill !== undefined) console.error(`error: ${ill}`);
      return ill === undefined ? 0 : 1;
    }
    case "serve":
      return await run(invocation);
  }
}

async function run(invocation: Extract<Invocation, { kind: "serve" }>): Promise<number> {
  const { hostname, port, config, data } = invocation;
  const log = createLog(writeError, Date.now);
  let service: Service;
  try {
    service = await startService({
      hostname,
      port,
      configPath: config,
      dataDir: data,
      log,
      print: createPrint(Deno.stdout),
    });
  } catch (error) {
    if (error instanceof BadConfig) {
      console.error(`error: ${error.message}`);
      return 2;
    }
    if (error instanceof BadTls) {
      console.error(`error: Cannot use "${config}":\n  tls: ${error.message}`);
      return 2;
    }
    if (error instanceof JournalFailure) {
      console.error(`error: ${error.message}`);
      return 3;
    }
    const reason = cannotListen(error);
    if (reason === undefined) throw error;
    console.error(`error: Cannot listen on ${addressText(hostname, port)}: ${reason}`);
    return 3;
  }
  Deno.addSignalListener("SIGHUP", () => void service.reload());
  const stop = Promise.withResolvers<void>();
  for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.addSignalListener(signal, stop.resolve);
  await stop.promise;
  await service.shutdown(GRACE_MS);
  return 0;
}

function writeError(line: string): void {
  try {
    Deno.stderr.writeSync(new TextEncoder().encode(line));
  } catch {
    // Nobody reads the log any more; alerts are delivered all the same.
  }
}

/** Why a port cannot be had; undefined for an error that is about something else. */
function cannotListen(error: unknown): string | undefined {
  if (error instanceof Deno.errors.AddrInUse) {
    return "another program has that port; name another with --listen";
  }
  if (error instanceof Deno.errors.AddrNotAvailable) return "this machine does not have that address";
  if (error instanceof Deno.errors.PermissionDenied) return "ports below 1024 are for root";
  if (error instanceof Error && /lookup address|failed to lookup|resolve/i.test(error.message)) {
    return "that host name is not known";
  }
  return undefined;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
