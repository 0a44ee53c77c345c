/** The webhook's command line, understood. */

import { parseArgs } from "node:util";
import { DEFAULT_HEALTH_URL } from "./healthcheck.ts";

/** What the command line asks for. */
export type Invocation =
  | { readonly kind: "help" | "version" | "print-schema" }
  | { readonly kind: "healthcheck"; readonly url: string }
  | {
    readonly kind: "serve";
    readonly hostname: string;
    readonly port: number;
    readonly config?: string;
    readonly data: string;
  };

/** A command line that cannot be understood. */
export class BadUsage extends Error {
  override readonly name = "BadUsage";
}

/** What `--help` prints. */
export const HELP = `webhook: takes Alertmanager's notifications and delivers them

Usage:
  webhook [--listen HOST:PORT] [--config FILE] [--data DIR]
  webhook healthcheck [URL]     exit 0 when the webhook at URL is healthy, 1 when not
                                (${DEFAULT_HEALTH_URL})

  --listen HOST:PORT   where to listen (127.0.0.1:9094); port 0 picks a free one
  --config FILE        webhook.json; without it notifications go to the console
  --data DIR           where it keeps what it has accepted (./data), made if need be
  --print-schema       print the JSON Schema of webhook.json
  --version            print the version
  -h, --help           this text

Signals: SIGHUP reads the configuration and the files that it names again (a bad one changes nothing), SIGTERM and SIGINT end it; what is
not delivered by then is delivered after the next start.
Exit codes: 0 done, 1 not healthy, 2 wrong command line or configuration, 3 it cannot listen, or cannot keep data in DIR.

Example:
  webhook --listen 127.0.0.1:9094 --config build/local/webhook/webhook.json
  curl -H 'Content-Type: application/json' http://127.0.0.1:9094/webhook \\
    -d '{"alerts":[{"status":"firing","labels":{"alertname":"Test"},"annotations":{"summary":"It works"}}]}'
`;

/**
 * Understands `args`.
 *
 * @throws {BadUsage} when they cannot be understood.
 */
export function parseCommandLine(args: readonly string[]): Invocation {
  const { values, positionals } = parse(args);
  if (values.help) return { kind: "help" };
  if (values.version) return { kind: "version" };
  if (values["print-schema"]) return { kind: "print-schema" };
  if (positionals[0] === "healthcheck") {
    if (positionals.length > 2) {
      throw new BadUsage(`Cannot use the argument "${positionals[2]}": one URL is enough`);
    }
    return { kind: "healthcheck", url: healthUrl(positionals[1] ?? DEFAULT_HEALTH_URL) };
  }
  if (positionals.length > 0) {
    throw new BadUsage(`Cannot use the argument "${positionals[0]}": the only subcommand is "healthcheck"`);
  }
  return { kind: "serve", ...address(values.listen), config: values.config, data: values.data };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      // `deno task webhook -- --flag` hands the separator over as well.
      args: args[0] === "--" ? args.slice(1) : [...args],
      allowPositionals: true,
      options: {
        listen: { type: "string", default: "127.0.0.1:9094" },
        config: { type: "string" },
        data: { type: "string", default: "./data" },
        "print-schema": { type: "boolean" },
        version: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new BadUsage(
      `${(error as Error).message.split(". ")[0]!.replace(/\.$/, "")}; see "webhook --help"`,
    );
  }
}

function address(listen: string): { hostname: string; port: number } {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s]*)):(\d{1,5})$/.exec(listen);
  const port = Number(match?.[3]);
  if (!match || port > 65_535) {
    throw new BadUsage(
      `Cannot listen on "${listen}": expected HOST:PORT, such as "127.0.0.1:9094", ":9094" or "[::1]:9094"`,
    );
  }
  return { hostname: match[1] ?? (match[2] || "0.0.0.0"), port };
}

function healthUrl(text: string): string {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new BadUsage(`Cannot ask "${text}": expected a URL such as "${DEFAULT_HEALTH_URL}"`);
  }
  if (url.pathname === "/") url.pathname = "/health";
  return url.href;
}
