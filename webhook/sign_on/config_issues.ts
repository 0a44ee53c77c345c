/** What a valid `signOn` of config.ts may still get wrong. */

import { durationMs } from "../../lib/units.ts";
import type { SignOn } from "./config_schema.ts";

/** A contradiction. */
export interface SignOnIssue {
  /** From `signOn` on. */
  readonly path: PropertyKey[];
  readonly message: string;
  readonly cure: string;
}

/** What else of the stack counts. */
export interface SignOnSurroundings {
  /** Whether people come through the entry. */
  readonly tls: boolean;
  readonly grafana: boolean;
}

/** Every contradiction in `signOn`. */
export function signOnIssues(signOn: SignOn, { tls, grafana }: SignOnSurroundings): SignOnIssue[] {
  return [
    ...userIssues(signOn),
    ...directoryIssues(signOn, grafana),
    ...providerIssues(signOn, tls, grafana),
    ...roleIssues(signOn),
    ...sessionIssues(signOn),
  ];
}

function userIssues({ users }: SignOn): SignOnIssue[] {
  const first = new Set<string>();
  return users.flatMap(({ name }, i) => {
    const key = name.toLowerCase();
    if (!first.has(key)) return first.add(key) && [];
    return [{
      path: ["users", i, "name"],
      message: `Cannot have a second user "${name}": names that differ in capitals alone are the same`,
      cure: "give each user a name of its own",
    }];
  });
}

function directoryIssues({ ldap }: SignOn, grafana: boolean): SignOnIssue[] {
  if (!ldap) return [];
  const { url, startTls, bindDn, bindPassword, groupFilter = "" } = ldap;
  const isSecure = /^ldaps:/i.test(url);
  const issues: SignOnIssue[] = [];
  if (isSecure && startTls) {
    issues.push({
      path: ["ldap", "startTls"],
      message: `Cannot use startTls with "${url}": ldaps is TLS from the first byte`,
      cure: "leave startTls out, or write ldap:// instead of ldaps://",
    });
  }
  if (!isSecure && !startTls && !isLoopback(url)) {
    issues.push({
      path: ["ldap", "url"],
      message: `Cannot ask "${url}" without TLS: passwords would cross the network in clear`,
      cure: `write "${url.replace(/^ldap:/i, "ldaps:")}", or set startTls: true`,
    });
  }
  if (grafana && groupFilter.includes("{dn}") && groupFilter.includes("{user}")) {
    issues.push({
      path: ["ldap", "groupFilter"],
      message: "Cannot have both {dn} and {user} in signOn.ldap.groupFilter: Grafana fills in one of them",
      cure: "use one of them, or leave Grafana out with services: { grafana: false }",
    });
  }
  if ((bindDn === undefined) !== (bindPassword === undefined)) {
    const [there, missing] = bindDn === undefined ? ["bindPassword", "bindDn"] : ["bindDn", "bindPassword"];
    issues.push({
      path: ["ldap", there!],
      message: `Cannot use signOn.ldap.${there} without ${missing}`,
      cure: `give ${missing} as well, or leave both out to search anonymously`,
    });
  }
  return issues;
}

/** Providers at which everybody can have an account. */
const PUBLIC =
  /^https:\/\/(?:accounts\.google\.com|login\.microsoftonline\.com\/(?:common|consumers|organizations))\b/i;

function providerIssues({ openId, roles }: SignOn, tls: boolean, grafana: boolean): SignOnIssue[] {
  if (!openId) return [];
  const { issuer, endpoints } = openId;
  const issues: SignOnIssue[] = [];
  if (!tls) {
    issues.push({
      path: ["openId"],
      message: "Cannot sign in by OpenID without TLS: the provider sends people back to an https address",
      cure: 'set tls to { mode: "internal" }, "files" or "acme", or leave signOn.openId out',
    });
  }
  if (grafana && !endpoints) {
    issues.push({
      path: ["openId"],
      message: "Cannot tell Grafana of the provider without openId.endpoints: Grafana does not discover them",
      cure:
        `give endpoints: { authorization, token, userInfo } as ${
          issuer.replace(/\/+$/, "")
        }/.well-known/openid-configuration names them, ` +
        "or leave Grafana out with services: { grafana: false }",
    });
  }
  if (roles.viewer === "everyone" && PUBLIC.test(issuer)) {
    issues.push({
      path: ["roles", "viewer"],
      message: `Cannot let everyone of "${issuer}" look: anybody can have an account there`,
      cure: "name groups, or use the issuer of your own organization",
    });
  }
  return issues;
}

function roleIssues({ ldap, openId, roles }: SignOn): SignOnIssue[] {
  const named = (["admin", "operator", "viewer"] as const).flatMap((role) => {
    const groups = roles[role];
    return groups === "everyone" ? [] : groups.map((group, i) => ({ role, group, i }));
  });
  const isUsed = named.length > 0 || roles.viewer === "everyone";
  if (!ldap && !openId) {
    return !isUsed ? [] : [{
      path: ["roles"],
      message:
        "Cannot give roles to groups: neither signOn.ldap nor signOn.openId says where groups come from",
      cure: "give one of them, or leave roles out: local users have a role of their own",
    }];
  }
  if (!isUsed) {
    return [{
      path: [ldap ? "ldap" : "openId"],
      message: "Cannot let anybody in by groups: no group gives a role",
      cure: 'name groups in signOn.roles, such as roles: { admin: ["sre"], viewer: "everyone" }',
    }];
  }
  return named.flatMap(({ role, group, i }) => {
    const before = named.find((each) => each.group === group);
    return !before || (before.role === role && before.i === i) ? [] : [{
      path: ["roles", role, i],
      message: `Cannot give the group "${group}" the role ${role}: it has the role ${before.role} already`,
      cure: "name each group once; a higher role may do what a lower one may",
    }];
  });
}

function sessionIssues({ session: { idle, longest } }: SignOn): SignOnIssue[] {
  return durationMs(idle) <= durationMs(longest) ? [] : [{
    path: ["session", "idle"],
    message: `Cannot use "${idle}" as session.idle: it is longer than session.longest, "${longest}"`,
    cure: `set session.idle to "${longest}" or less`,
  }];
}

function isLoopback(url: string): boolean {
  return /^ldap:\/\/(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?\/?$/i.test(url);
}
