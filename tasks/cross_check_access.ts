/** What contradicts itself in how hosts and jobs on other machines are asked. */

import type { ConfigIssue } from "./config_issue.ts";
import { isLoopback, type Stack } from "./stack.ts";

/** Every contradiction in `tls` and `auth` of hosts and jobs. */
export function accessIssues({ hosts, jobs }: Pick<Stack, "hosts" | "jobs">): ConfigIssue[] {
  return [
    ...hosts.flatMap((host, i): ConfigIssue[] => {
      const { name, address, tls, auth } = host;
      const path = ["hosts", i];
      if (address === undefined) {
        const key = tls ? "tls" : auth && "auth";
        return key === undefined ? [] : [{
          path: [...path, key],
          message:
            `Cannot use ${key} for "${name}": it is this machine, whose exporter the stack runs for itself alone`,
          cure: "leave the key out, or give the host the address of its node exporter",
        }];
      }
      return [...pairIssues(host, path), ...openIssues(name, auth, tls !== undefined, [address], path)];
    }),
    ...jobs.flatMap((job, i): ConfigIssue[] => {
      const { name, scheme, targets, files, tls, auth } = job;
      const path = ["jobs", i];
      const plain: ConfigIssue[] = tls && scheme === "http"
        ? [{
          path: [...path, "tls"],
          message: `Cannot use tls for the job "${name}": its scheme is "http"`,
          cure: 'say scheme: "https", or leave tls out',
        }]
        : [];
      const open = openIssues(
        name,
        auth,
        scheme === "https" || plain.length > 0,
        [...targets, ...files],
        path,
      );
      return [...plain, ...pairIssues(job, path), ...open];
    }),
  ];
}

/** A certificate and its key are given together. */
function pairIssues(
  { tls }: Stack["hosts"][number] | Stack["jobs"][number],
  path: readonly (string | number)[],
): ConfigIssue[] {
  if (!tls || (tls.certificate === undefined) === (tls.key === undefined)) return [];
  const [given, missing] = tls.key === undefined ? ["certificate", "key"] : ["key", "certificate"];
  return [{
    path: [...path, "tls", given],
    message: `Cannot use tls.${given} without tls.${missing}: whoever asks shows both`,
    cure: `give tls.${missing}, or leave tls.${given} out`,
  }];
}

/** What is not encrypted is read by whoever is in between, at every scrape. */
function openIssues(
  name: string,
  auth: unknown,
  encrypted: boolean,
  places: readonly string[],
  path: readonly (string | number)[],
): ConfigIssue[] {
  if (auth === undefined || encrypted || places.every(isHere)) return [];
  return [{
    path: [...path, "auth"],
    message:
      `Cannot send credentials to "${name}" without TLS: whoever is in between would read them at every scrape`,
    cure: path[0] === "hosts"
      ? 'let its node exporter speak TLS, and add tls: { ca: "…" }'
      : 'let it speak TLS, and say scheme: "https"',
  }];
}

function isHere(place: string): boolean {
  const host = place.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
  return host === "localhost" || isLoopback(host);
}
