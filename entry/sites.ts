/** What people reach through the entry. */

import type { Line } from "./caddyfile.ts";
import type { EntryLinks, EntryService } from "./links.ts";
import { certificateLines } from "./tls.ts";

/** Where the webhook answers whether a request may pass. */
const VERIFY = "/sign-on/verify";
/** Headers that the gate sets and that nobody else may: services believe them. */
const WHO = ["X-Vigie-User", "X-Vigie-Role"];

/** One site for each host name, with the services that have a path of it. */
export function sites(links: EntryLinks): Line[] {
  const hosts = Map.groupBy(links.services, ({ url }) => new URL(url).hostname);
  return [...hosts].flatMap(([host, services]): Line[] => [
    [`https://${host}:${links.ports.https}`, [
      ...certificateLines(links),
      "",
      ...headers(links, host),
      "",
      // In the order that they are written in.
      ["route", [
        ["request_body", ["max_size 16MB"]],
        ...cleaned(),
        ...services.filter(({ url }) => pathOf(url) !== "").flatMap((service) => under(service, links)),
        ...services.filter(({ url }) => pathOf(url) === "").flatMap((service) => atRoot(service, links)),
      ]],
    ]],
    "",
  ]);
}

/** What an answer says to the browser, unless the service says it better. */
function headers({ hsts }: EntryLinks, host: string): Line[] {
  // It holds for every port of a name: on localhost it would shut out whatever else a developer runs there.
  const strict = hsts && host !== "localhost" && !host.endsWith(".localhost");
  return [["header", [
    ...(strict ? ["Strict-Transport-Security max-age=31536000"] : []),
    "X-Content-Type-Options nosniff",
    "Referrer-Policy strict-origin-when-cross-origin",
    'Permissions-Policy "camera=(), geolocation=(), microphone=(), payment=(), usb=()"',
    "Cross-Origin-Opener-Policy same-origin",
    "X-Frame-Options SAMEORIGIN",
    `?Content-Security-Policy "frame-ancestors 'self'; object-src 'none'; base-uri 'self'"`,
    "-Server",
    "-Via",
    "-X-Powered-By",
    // After the service has answered: what it says of itself is to go as well.
    "defer",
  ]]];
}

/** What a client says of itself and of where it comes from is not believed; Caddy says it anew. */
function cleaned(): Line[] {
  return ["X-Vigie-*", "X-Forwarded-*", "Forwarded", "X-Real-Ip", "X-Webauth-*", "X-Original-*"]
    .map((name) => `request_header -${name}`);
}

/** A service under a path of its own, which it does not see. */
function under(service: EntryService, links: EntryLinks): Line[] {
  const path = pathOf(service.url);
  return [
    `redir ${path} ${path}/ 308`,
    ...(service.home === undefined ? [] : [`redir ${path}/ ${path}${service.home} 307`]),
    [`handle ${path}/*`, [["route", [
      ...shut(service, path),
      ...gate(service, path, links),
      `uri strip_prefix ${path}`,
      proxy(service),
    ]]]],
  ];
}

function atRoot(service: EntryService, links: EntryLinks): Line[] {
  return [["handle", [["route", [...shut(service, ""), ...gate(service, "", links), proxy(service)]]]]];
}

/** Paths that are not there for anybody from elsewhere. */
function shut({ name, closed }: EntryService, prefix: string): Line[] {
  if (closed.length === 0) return [];
  const matcher = `@${name}-closed`;
  return [
    `${matcher} path ${closed.map((path) => prefix + path).join(" ")}`,
    `respond ${matcher} 404`,
  ];
}

/** Who may pass is for the webhook to say. When it does not answer, nobody may. */
function gate({ name, open }: EntryService, prefix: string, { gate }: EntryLinks): Line[] {
  if (open.includes("*")) return [];
  const matcher = `@${name}-guarded`;
  return [
    ...(open.length === 0 ? [] : [`${matcher} not path ${open.map((path) => prefix + path).join(" ")}`]),
    [`forward_auth ${open.length === 0 ? "" : `${matcher} `}${gate}`, [
      // The question mark: with no query of its own, the request's would be put there.
      `uri ${VERIFY}?`,
      `copy_headers ${WHO.join(" ")}`,
    ]],
  ];
}

function proxy({ address }: EntryService): Line {
  return [`reverse_proxy ${address}`, [
    // A service that starts again is not there for a moment.
    "lb_try_duration 2s",
    ["transport http", ["dial_timeout 3s", "response_header_timeout 3m"]],
  ]];
}

/** The path of a URL, `""` for none. */
function pathOf(url: string): string {
  return new URL(url).pathname.replace(/\/$/, "");
}
