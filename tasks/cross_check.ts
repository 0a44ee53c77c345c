/** What a valid configuration may still get wrong: keys that contradict one another. */

import * as z from "zod";
import { runShape } from "../compose/schema.ts";
import { DEFINITIONS, type PortName, portsOf, type Service, SERVICES } from "../compose/services/mod.ts";
import { durationMs } from "../lib/units.ts";
import { hostRuleIssues, OWN_JOBS, ruleIssues } from "../prometheus/mod.ts";
import { type ConfigIssue, pathText } from "./config_issue.ts";
import { accessIssues } from "./cross_check_access.ts";
import { entryIssues } from "./cross_check_entry.ts";
import { bypassIssues, destinationIssues, receiverIssues, watchdogIssues } from "./cross_check_notify.ts";
import { signOnIssues } from "../webhook/mod.ts";
import type { Stack } from "./stack.ts";

// A query sees a sample for 5 minutes: at 2 it survives one scrape that fails.
const LONGEST_INTERVAL = "2m";
// Every service and the gateway, with room for what comes.
const SMALLEST_SUBNET_PREFIX = 28;
const STACK_JOBS: ReadonlySet<string> = new Set([
  ...OWN_JOBS,
  ...SERVICES.flatMap((service) => DEFINITIONS[service].scrape?.job ?? []),
]);

/**
 * Every contradiction in `stack`.
 *
 * @param unknown Top-level keys whose values are not what the operator wrote, because those were refused: what depends on them is
 * left out.
 */
export function crossCheck(stack: Stack, unknown: ReadonlySet<PropertyKey> = new Set()): ConfigIssue[] {
  return CHECKS.filter(([keys]) => !keys.some((key) => unknown.has(key))).flatMap(([, check]) =>
    check(stack)
  );
}

/** Each check, with the top-level keys that it looks at. */
const CHECKS: readonly [keys: readonly (keyof Stack)[], check: (stack: Stack) => ConfigIssue[]][] = [
  [["bind", "tls", "entry"], entryIssues],
  [["ports", "services", "engine", "tls"], portIssues],
  [["network"], subnetIssues],
  [["scrape", "evaluation", "jobs"], intervalIssues],
  [["hosts", "services"], hostIssues],
  [["jobs"], jobIssues],
  [["hosts", "jobs"], accessIssues],
  [["probes", "services"], probeIssues],
  [["thresholds"], thresholdIssues],
  [["rules", "alerts", "recordings", "thresholds", "webhook"], (stack) =>
    ruleIssues(stack, {
      services: scraped(stack),
      watchdogExpected: stack.webhook.watchdog.enabled,
    })],
  [
    ["rules", "thresholds", "hosts", "jobs", "probes", "services"],
    (stack) => hostRuleIssues(stack, { services: scraped(stack) }),
  ],
  [["signOn", "tls", "services"], (stack) => {
    const surroundings = { tls: stack.tls.mode !== "off", grafana: runs(stack, "grafana") };
    return signOnIssues(stack.signOn, surroundings)
      .map(({ path, ...issue }) => ({ path: ["signOn", ...path], ...issue }));
  }],
  [["notify"], receiverIssues],
  [["notify"], destinationIssues],
  [["notify"], bypassIssues],
  [["notify", "webhook"], watchdogIssues],
];

function portIssues(stack: Stack): ConfigIssue[] {
  const shipped: Stack["ports"] = z.object(runShape).parse({}).ports;
  const used = new Map<number, PortName>();
  const issues: ConfigIssue[] = [];
  for (const [key] of SERVICES.filter((name) => runs(stack, name)).flatMap(portsOf)) {
    const port = stack.ports[key];
    const other = used.get(port);
    used.set(port, key);
    if (other === undefined) continue;
    // The one that was set is the one to change; the other keeps what it always had.
    const [changed, kept] = port === shipped[key] ? [other, key] : [key, other];
    issues.push({
      path: ["ports", changed],
      message: `Cannot give ${changed} the port ${port}: ${kept} has it`,
      cure: `give each service a port of its own in ports; ${changed} has ${shipped[changed]} by default`,
    });
  }
  return issues;
}

function runs({ services, engine, tls }: Stack, service: Service): boolean {
  if (service === "entry" && tls.mode === "off") return false;
  if (engine !== "auto" && !DEFINITIONS[service].engines.some((able) => able === engine)) return false;
  return !(service in services) || services[service as keyof typeof services];
}

function subnetIssues({ network: { subnet } }: Stack): ConfigIssue[] {
  const prefix = Number(subnet.split("/")[1]);
  return prefix <= SMALLEST_SUBNET_PREFIX ? [] : [{
    path: ["network", "subnet"],
    message: `Cannot use ${JSON.stringify(subnet)} as network.subnet: it has no room for every service; ` +
      `expected /${SMALLEST_SUBNET_PREFIX} or wider`,
  }];
}

function intervalIssues({ scrape, evaluation, jobs }: Stack): ConfigIssue[] {
  const intervals: [PropertyKey[], string | undefined][] = [
    [["scrape", "interval"], scrape.interval],
    [["evaluation", "interval"], evaluation.interval],
    ...jobs.map((
      { interval },
      i,
    ): [PropertyKey[], string | undefined] => [["jobs", i, "interval"], interval]),
  ];
  const tooLong = intervals.flatMap(([path, interval]): ConfigIssue[] =>
    interval === undefined || durationMs(interval) <= durationMs(LONGEST_INTERVAL) ? [] : [{
      path,
      message: `Cannot use "${interval}" as ${pathText(path)}: at most "${LONGEST_INTERVAL}", ` +
        "because Prometheus forgets a value after 5 minutes",
    }]
  );
  if (durationMs(scrape.timeout) <= durationMs(scrape.interval)) return tooLong;
  return [...tooLong, {
    path: ["scrape", "timeout"],
    message:
      `Cannot use "${scrape.timeout}" as scrape.timeout: it is longer than scrape.interval, "${scrape.interval}"`,
    cure: `set scrape.timeout to "${scrape.interval}" or less`,
  }];
}

function hostIssues({ hosts, services }: Stack): ConfigIssue[] {
  const local = hosts.flatMap(({ address }, i) => address === undefined ? [i] : []);
  const issues = duplicates("host", "hosts", hosts);
  for (const i of local.slice(1)) {
    issues.push({
      path: ["hosts", i],
      message: `Cannot watch "${hosts[i]!.name}" as this machine: "${
        hosts[local[0]!]!.name
      }" is this machine already`,
      cure: 'give it the address of its node exporter, such as address: "10.0.0.7:9100"',
    });
  }
  if (local.length > 0 && !services["node-exporter"]) {
    issues.push({
      path: ["services", "node-exporter"],
      message: `Cannot switch node-exporter off: the host "${
        hosts[local[0]!]!.name
      }" is this machine, which it measures`,
      cure: `switch it on, give the host an address, or leave the host out (hosts: [] for none)`,
    });
  }
  return issues;
}

function jobIssues({ jobs }: Stack): ConfigIssue[] {
  const issues = duplicates("job", "jobs", jobs);
  for (const [i, { name, targets, files }] of jobs.entries()) {
    if (STACK_JOBS.has(name)) {
      issues.push({
        path: ["jobs", i, "name"],
        message: `Cannot name a job ${JSON.stringify(name)}: the stack has one of that name`,
      });
    }
    if (targets.length === 0 && files.length === 0) {
      issues.push({
        path: ["jobs", i],
        message: `Cannot scrape the job ${JSON.stringify(name)}: it has neither targets nor files`,
        cure: 'say where it is, such as targets: ["10.0.0.7:8000"]',
      });
    }
  }
  return issues;
}

function probeIssues({ probes, services }: Stack): ConfigIssue[] {
  const issues = duplicates("probe", "probes", probes);
  if (probes.length > 0 && !services.blackbox) {
    issues.push({
      path: ["services", "blackbox"],
      message: `Cannot switch blackbox off: the probe ${JSON.stringify(probes[0]!.name)} needs it`,
      cure: "switch it on, or leave the probes out",
    });
  }
  return issues;
}

function thresholdIssues({ thresholds: { diskFreeWarning, diskFreeCritical } }: Stack): ConfigIssue[] {
  return diskFreeCritical < diskFreeWarning ? [] : [{
    path: ["thresholds", "diskFreeCritical"],
    message: `Cannot use ${diskFreeCritical} % as thresholds.diskFreeCritical: expected less than ` +
      `thresholds.diskFreeWarning, ${diskFreeWarning} %, so that the warning comes first`,
  }];
}

/** Every service that is scraped. Where does not matter here. */
function scraped(stack: Stack) {
  return SERVICES.flatMap((name) => {
    const { scrape } = DEFINITIONS[name];
    return scrape && runs(stack, name) ? [{ name, job: scrape.job, address: name }] : [];
  });
}

function duplicates(what: string, key: string, entries: readonly { readonly name: string }[]): ConfigIssue[] {
  const first = new Map<string, number>();
  return entries.flatMap(({ name }, i) => {
    const earlier = first.get(name);
    if (earlier === undefined) {
      first.set(name, i);
      return [];
    }
    return [{
      path: [key, i, "name"],
      message: `Cannot name two ${what}s ${JSON.stringify(name)}: ${key}[${earlier}] has that name`,
    }];
  });
}
