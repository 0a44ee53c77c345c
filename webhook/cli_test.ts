import { deepEqual, equal, throws } from "node:assert/strict";
import { BadUsage, HELP, parseCommandLine } from "./cli.ts";

Deno.test("parseCommandLine serves by default, on this machine only", () => {
  deepEqual(parseCommandLine([]), {
    kind: "serve",
    hostname: "127.0.0.1",
    port: 9094,
    config: undefined,
    data: "./data",
  });
});

Deno.test("parseCommandLine reads addresses", () => {
  const address = (listen: string) => {
    const parsed = parseCommandLine(["--listen", listen]);
    return parsed.kind === "serve" ? [parsed.hostname, parsed.port] : parsed.kind;
  };
  deepEqual(address(":80"), ["0.0.0.0", 80]);
  deepEqual(address("[::1]:9094"), ["::1", 9094]);
  deepEqual(address("webhook:0"), ["webhook", 0]);
});

Deno.test("parseCommandLine reads the other things it does", () => {
  equal(parseCommandLine(["--help"]).kind, "help");
  equal(parseCommandLine(["-h", "healthcheck"]).kind, "help");
  equal(parseCommandLine(["--version"]).kind, "version");
  equal(parseCommandLine(["--", "--print-schema"]).kind, "print-schema");
  deepEqual(parseCommandLine(["healthcheck"]), { kind: "healthcheck", url: "http://127.0.0.1:9094/health" });
  deepEqual(parseCommandLine(["healthcheck", "http://127.0.0.1:1"]), {
    kind: "healthcheck",
    url: "http://127.0.0.1:1/health",
  });
});

const BAD: [args: string[], message: RegExp][] = [
  [["--nope"], /^BadUsage: Unknown option '--nope'; see "webhook --help"$/],
  [["--config"], /^BadUsage: Option '--config <value>' argument missing; see/],
  [["--listen", "9094"], /^BadUsage: Cannot listen on "9094": expected HOST:PORT/],
  [["--listen", "a:65536"], /^BadUsage: Cannot listen on "a:65536"/],
  [["check"], /^BadUsage: Cannot use the argument "check": the only subcommand is "healthcheck"$/],
  [["healthcheck", "a", "b"], /^BadUsage: Cannot use the argument "b": one URL is enough$/],
  [["healthcheck", "ftp://x"], /^BadUsage: Cannot ask "ftp:\/\/x": expected a URL/],
];

for (const [args, message] of BAD) {
  Deno.test(`parseCommandLine refuses ${args.join(" ")}`, () => {
    throws(() => parseCommandLine(args), message);
    throws(() => parseCommandLine(args), BadUsage);
  });
}

Deno.test("HELP names every flag and shows an example", () => {
  for (
    const word of ["--listen", "--config", "--data", "--print-schema", "--version", "healthcheck", "Example:"]
  ) {
    equal(HELP.includes(word), true, word);
  }
});
