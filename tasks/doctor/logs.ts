/** Known error patterns in the services' logs. */

import type { Service } from "../../compose/services/mod.ts";
import type { Diagnosis, Sighting } from "./diagnosis.ts";
import type { Scene } from "./scene.ts";

/** A line that says so little later may be history: what was wrong then need not be wrong now. */
const RECENT_MS = 5 * 60_000;
const SHOWN_LINES = 2;

interface Pattern {
  readonly id: `doctor/${string}`;
  readonly what: string;
  readonly pattern: RegExp;
  readonly about: string;
  readonly cure: string;
  readonly mayFollowFrom: readonly string[];
  /** Whether a service that is ready has overcome it, whatever its log says. */
  readonly overcome?: boolean;
}

const PATTERNS: readonly Pattern[] = [
  {
    id: "doctor/log-permission",
    what: "may not do something",
    pattern:
      /permission denied|operation not permitted|read-only file system|\bEACCES\b|\bEPERM\b|NotCapable|PermissionDenied/i,
    about:
      "A service's log says that it may not read, write or open something. The line names it. Give the path to the user " +
      "that the service runs as.",
    cure: "give the path in the line to the user that the service runs as (chown, chmod)",
    mayFollowFrom: ["doctor/state-path", "doctor/data-path", "doctor/restart-loop", "doctor/service-dead"],
  },
  {
    id: "doctor/log-no-space",
    what: "has no room to write",
    pattern: /no space left on device|disk quota exceeded|\bENOSPC\b|too many open files|\bEMFILE\b/i,
    about:
      "A service's log says that it cannot write because a disk or a quota is full, or that it has too many files " +
      "open. Free some space, or raise the limit.",
    cure: "free some space (`df -h`, `df -i`), or raise the limit of open files (`ulimit -n`)",
    mayFollowFrom: ["doctor/disk-full", "doctor/disk-inodes", "doctor/restart-loop", "doctor/service-dead"],
  },
  {
    id: "doctor/log-address",
    what: "cannot have its address",
    pattern:
      /address already in use|cannot assign requested address|\bEADDRINUSE\b|AddrInUse|AddrNotAvailable/i,
    about:
      "A service's log says that it cannot listen on its address: another program has it, or `bind` in config.ts is " +
      "no address of this machine.",
    cure: "stop the other program, or change the port or `bind` in config.ts",
    mayFollowFrom: ["doctor/port-foreign", "doctor/restart-loop", "doctor/service-dead"],
    overcome: true,
  },
  {
    id: "doctor/log-config",
    what: "cannot read its configuration",
    pattern:
      /yaml: |error (?:loading|unmarshalling) config|couldn't load configuration|loading configuration file failed|cannot unmarshal|field \S+ not found in type|parse error: |Cannot (?:use|read) "[^"]*\.json"/i,
    about:
      "A service's log says that it cannot read its configuration. Generated files are checked before they are used, " +
      "so such a file was edited by hand, or the service is another version. The line has the place.",
    cure: "`deno task up` writes the files again and applies them",
    mayFollowFrom: [
      "doctor/generated-differs",
      "doctor/generated-missing",
      "doctor/generated-foreign",
      "doctor/service-old",
      "doctor/restart-loop",
      "doctor/service-dead",
    ],
    overcome: true,
  },
  {
    id: "doctor/log-memory",
    what: "is short of memory",
    pattern: /out of memory|cannot allocate memory|oom-?kill|signal: killed|heap limit|\bENOMEM\b/i,
    about:
      "A service's log says that it ran out of memory or was killed for it. Raise its limit, scrape less, or keep " +
      "less.",
    cure:
      "free some memory, or scrape fewer series (`deno task smoke` and Prometheus's /tsdb-status show which are many)",
    mayFollowFrom: ["doctor/restart-loop", "doctor/service-dead"],
  },
  {
    id: "doctor/log-tls",
    what: "fails at TLS",
    pattern:
      /x509: |tls: (?!client)|certificate (?:has expired|signed by unknown|verify failed|is not trusted)|invalid peer certificate/i,
    about:
      "A service's log says that a TLS connection fails: the certificate has expired, is not for that name, or is of an " +
      "authority that this machine does not know. The line has the address.",
    cure: "renew the certificate of the address in the line, or add its authority to this machine's",
    mayFollowFrom: ["doctor/clock-skew", "doctor/target-down", "doctor/notifications-failing"],
  },
  {
    id: "doctor/log-dns",
    what: "cannot find a name",
    pattern:
      /no such host|temporary failure in name resolution|name or service not known|server misbehaving|failed to lookup address/i,
    about:
      "A service's log says that a host name has no address. Inside the stack the names are Compose's; outside it is " +
      "a spelling mistake in config.ts, or the machine's DNS.",
    cure: "check the name in the line: `getent hosts NAME`",
    mayFollowFrom: [
      "doctor/name-resolution",
      "doctor/service-dead",
      "doctor/not-running",
      "doctor/target-down",
    ],
  },
];

/** Diagnoses of the logs, one a pattern. */
export const logs: readonly Diagnosis[] = PATTERNS.map((
  { id, what, pattern, about, cure, mayFollowFrom, overcome },
) => ({
  id,
  area: "logs",
  title: `No service's log says that it ${what}`,
  about,
  weight: "warning",
  mayFollowFrom,
  async run(scene) {
    const { services } = await scene.site();
    const sightings: Sighting[] = [];
    for (const service of services) {
      const lines = (await recentLines(scene, service, overcome)).filter((line) => pattern.test(line));
      if (lines.length === 0) continue;
      sightings.push({
        subject: service,
        involves: ["alertmanager", "webhook", "prometheus"].filter((other) => other !== service),
        cause: `The log of ${service} says that it ${what}${
          lines.length > 1 ? ` (${lines.length} lines)` : ""
        }`,
        evidence: lines.slice(-SHOWN_LINES).map((line) => line.trim()),
        cure,
      });
    }
    return sightings;
  },
}));

/** Lines of the last minutes, of the time since the service was started if it is well. A line without a time has its neighbour's. */
async function recentLines(scene: Scene, service: Service, overcome = false): Promise<string[]> {
  const status = (await scene.status()).find((entry) => entry.service === service);
  if (status === undefined || status.state === "left-out" || status.state === "stopped") return [];
  if (overcome && status.state === "ready") return [];
  const since = status.state === "ready" && status.since ? Date.parse(status.since) : -Infinity;
  const from = Math.max(scene.now() - RECENT_MS, since);
  let last = -Infinity;
  return (await scene.logs(service)).filter((line) => (last = timeOf(line) ?? last) >= from);
}

/** The time that a line carries (ISO 8601), milliseconds since 1970; undefined when it carries none. */
export function timeOf(line: string): number | undefined {
  const text = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?/.exec(line)?.[0];
  if (text === undefined) return undefined;
  const ms = Date.parse(text.replace(" ", "T"));
  return Number.isNaN(ms) ? undefined : ms;
}
