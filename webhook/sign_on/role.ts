/** What people may do. */

import * as z from "zod";

/** Roles, each of which may do what those before it may. */
export const ROLES = ["viewer", "operator", "admin"] as const;

/** What somebody may do: look; silence and answer alerts as well; everything. */
export type Role = typeof ROLES[number];

/** Where somebody was recognized. */
export type Source = "local" | "ldap" | "openid";

/** Somebody who was recognized, before it is decided what they may do. */
export interface Identity {
  readonly user: string;
  readonly source: Source;
  /** Groups of the directory or the provider; none for local users, who have a role of their own. */
  readonly groups: readonly string[];
}

/** Which groups have which role. */
export interface GroupRoles {
  readonly admin: readonly string[];
  readonly operator: readonly string[];
  /** `"everyone"`: whoever signs in may look. */
  readonly viewer: readonly string[] | "everyone";
}

const GROUP = 'expected the name of a group or its DN; "everyone" is for viewer, and not in a list';
const groups = z.array(z.string(GROUP).regex(/^(?!\*$|everyone$)[^\p{Cc}]+$/u, GROUP));

/** The keys of `signOn.roles`. */
export const rolesSchema = z.strictObject({
  /** Groups whose members may do everything. */
  admin: groups.default([]).describe("Groups whose members may do everything."),
  /** Groups whose members may look, silence and answer alerts. */
  operator: groups.default([]).describe(
    "Groups whose members may look, silence and answer alerts.",
  ),
  /** Groups whose members may look; "everyone" for whoever can sign in. */
  viewer: z.union([groups, z.enum(["everyone"])], {
    error: 'expected a list of groups, or "everyone"',
  }).default([]).describe('Groups whose members may look; "everyone" for whoever can sign in.'),
});

/** Whether `role` may do what needs `needed`. */
export function mayDo(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/**
 * The highest role that `groups` give; undefined when they give none.
 *
 * @param isGroup Whether a group that somebody is in is the one that the configuration names.
 */
export function roleOfGroups(
  groups: readonly string[],
  roles: GroupRoles,
  isGroup: (group: string, named: string) => boolean = (group, named) => group === named,
): Role | undefined {
  const inOne = (named: readonly string[]) =>
    named.some((each) => groups.some((group) => isGroup(group, each)));
  if (inOne(roles.admin)) return "admin";
  if (inOne(roles.operator)) return "operator";
  return roles.viewer === "everyone" || inOne(roles.viewer) ? "viewer" : undefined;
}
