/** What contradicts itself in who may look: `bind`, `tls` and `entry`. */

import { isIP } from "node:net";
import type { ConfigIssue } from "./config_issue.ts";
import { entryName, isLoopback, type Stack } from "./stack.ts";

type Door = Pick<Stack, "bind" | "tls" | "entry">;

/** Every contradiction in how people reach the stack. */
export function entryIssues(stack: Door): ConfigIssue[] {
  return [...bindIssues(stack), ...nameIssues(stack), ...layoutIssues(stack), ...unusedIssues(stack)];
}

function bindIssues({ bind, tls }: Door): ConfigIssue[] {
  return tls.mode !== "off" || isLoopback(bind) ? [] : [{
    path: ["bind"],
    message: `Cannot bind to ${
      JSON.stringify(bind)
    } with tls "off": others could reach the services without TLS and without a password`,
    cure:
      'switch the entry on, such as tls: { mode: "internal" }, or keep "127.0.0.1" and come through ssh: ssh -L 3000:127.0.0.1:3000 -L 9090:127.0.0.1:9090 HOST',
  }];
}

function nameIssues({ bind, tls, entry }: Door): ConfigIssue[] {
  if (tls.mode === "off") return [];
  const issues: ConfigIssue[] = [];
  if (entry.name === undefined && (bind === "0.0.0.0" || isEveryIPv6(bind))) {
    issues.push({
      path: ["entry", "name"],
      message:
        `Cannot lead people to the entry: it listens on every address, and entry.name does not say what they type`,
      cure: 'say it, such as entry: { name: "monitoring.example.org" }',
    });
  } else if (tls.mode === "acme") {
    const bad = [entryName({ bind, entry }), ...entry.aliases].find((name) => !isPublic(name));
    if (bad !== undefined) {
      issues.push({
        path: ["tls", "mode"],
        message:
          `Cannot have a certificate for "${bad}" by ACME: an authority gives them for public names alone`,
        cure:
          'give entry.name (and entry.aliases) a name such as "monitoring.example.org" that leads to this machine, or use tls: { mode: "internal" }',
      });
    }
  }
  const names = [entryName({ bind, entry }), ...entry.aliases];
  for (const [i, alias] of entry.aliases.entries()) {
    if (names.indexOf(alias) > i) continue;
    issues.push({
      path: ["entry", "aliases", i],
      message: `Cannot lead "${alias}" to the entry: it is its name already`,
      cure: "leave the alias out",
    });
  }
  return issues;
}

function layoutIssues({ bind, tls, entry }: Door): ConfigIssue[] {
  const name = entryName({ bind, entry });
  if (tls.mode === "off" || entry.layout !== "hosts" || isIP(name) === 0) return [];
  return [{
    path: ["entry", "layout"],
    message: `Cannot give each service a host name of its own below "${name}": that is an address`,
    cure: 'give entry.name a host name, or keep layout: "paths"',
  }];
}

/** What would silently do nothing. */
function unusedIssues({ tls, entry }: Door): ConfigIssue[] {
  if (tls.mode !== "off") return [];
  const set = (["name", "publicPort"] as const).find((key) => entry[key] !== undefined) ??
    (entry.layout === "paths" ? undefined : "layout");
  return set === undefined ? [] : [{
    path: ["entry", set],
    message: `Cannot use entry.${set}: with tls "off" there is no entry`,
    cure: 'switch it on, such as tls: { mode: "internal" }, or leave the key out',
  }];
}

function isEveryIPv6(address: string): boolean {
  return address.includes(":") && /^[0:]+$/.test(address);
}

/** Whether an authority on the internet could ask for it. */
function isPublic(name: string): boolean {
  return isIP(name) === 0 && name.includes(".") &&
    !/\.(?:localhost|local|lan|internal|intranet|home|corp|test|invalid|home\.arpa)$/.test(name);
}
