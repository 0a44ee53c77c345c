/** Which role a request needs, by what it asks of which service. */

import type { Role } from "./role.ts";

/** A request as the entry has it. */
export interface Asked {
  readonly method: string;
  /** Path and query as they came. */
  readonly uri: string;
  /** Host and port that the client asked for. */
  readonly host: string | undefined;
}

/** The services' URLs as people reach them. */
export type ServiceUrls = Readonly<Record<string, string>>;

const LOOKS = ["GET", "HEAD", "OPTIONS"];

/** What a service has besides the rule that whoever may look may GET. The first that fits counts. */
const RULES: Readonly<Record<string, readonly (readonly [methods: string, path: RegExp, needed: Role])[]>> = {
  prometheus: [
    // Questions that are too long for a URL.
    [
      "POST",
      /^\/api\/v1\/(?:query|query_range|query_exemplars|series|labels|format_query|parse_query)$/,
      "viewer",
    ],
    // Profiles hold what is in memory, and cost time of its processors.
    ["GET HEAD", /^\/debug(?:\/|$)/, "admin"],
  ],
  alertmanager: [
    ["POST", /^\/api\/v2\/silences$/, "operator"],
    ["DELETE", /^\/api\/v2\/silence\/[0-9a-f-]+$/, "operator"],
    ["GET HEAD", /^\/debug(?:\/|$)/, "admin"],
  ],
  webhook: [
    ["POST PUT PATCH DELETE", /^\/(?:api|drill)(?:\/[\w.~@:-]+)*$/, "operator"],
    ["POST", /^\/(?:page|alerts|silences|delivery|proof)(?:\/[\w.~@:-]+)*$/, "viewer"],
  ],
  // It asks whatever address it is given, from where the stack is.
  blackbox: [["GET HEAD", /^\/probe(?:\/|$)/, "admin"]],
  "node-exporter": [["GET HEAD", /^\/debug(?:\/|$)/, "admin"]],
};

/**
 * The role that a request needs: everybody who may look may read, and what changes something is the admins' unless it is known to be less. `"nobody"`
 * for what is not reached through the entry at all.
 */
export function neededRole({ method, uri, host }: Asked, urls: ServiceUrls): Role | "nobody" {
  const path = plainPath(uri);
  // What services could read in two ways is not judged by either.
  if (path === undefined) return "admin";
  const found = serviceAt(path, host, urls);
  if (!found) return "nobody";
  const { service, rest } = found;
  if (service === "webhook" && /^\/webhook(?:\/|$)/.test(rest)) return "nobody";
  const rule = RULES[service]?.find(([methods, pattern]) =>
    methods.split(" ").includes(method) && pattern.test(rest)
  );
  return rule?.[2] ?? (LOOKS.includes(method) ? "viewer" : "admin");
}

/** The path, decoded once as Go's servers do; undefined when it could be read in more than one way. */
function plainPath(uri: string): string | undefined {
  const raw = uri.replace(/[?#].*$/s, "");
  let path: string;
  try {
    path = decodeURIComponent(raw);
  } catch {
    return undefined;
  }
  const ambiguous = /%2f/i.test(raw) || !path.startsWith("/") ||
    /\/\/|\/\.\.?(?:\/|$)|[\\%;\p{Cc}]/u.test(path);
  return ambiguous ? undefined : path;
}

/** The service that a path belongs to: the one with the longest prefix. Hosts count only where services have different ones. */
function serviceAt(
  path: string,
  host: string | undefined,
  urls: ServiceUrls,
): { readonly service: string; readonly rest: string } | undefined {
  const all = Object.entries(urls).map(([service, url]) => {
    const { host, pathname } = new URL(url);
    return { service, host, prefix: pathname.replace(/\/+$/, "") };
  });
  const oneHost = new Set(all.map(({ host }) => host)).size === 1;
  const [first] = all
    .filter((each) => oneHost || each.host === host?.toLowerCase())
    .filter(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`))
    .sort((a, b) => b.prefix.length - a.prefix.length);
  if (!first) return undefined;
  return { service: first.service, rest: path.slice(first.prefix.length) || "/" };
}
