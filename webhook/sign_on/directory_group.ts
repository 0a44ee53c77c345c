/** Whether a group is the one that the configuration names. */

import { isDn, sameDn } from "./distinguished_name.ts";
import type { DirectorySettings } from "./settings.ts";

/** Whether a group of the directory is the one that `signOn.roles` names: by its DN, or by the name that it has below groupBaseDn. */
export function isDirectoryGroup(
  { groupBaseDn, baseDn }: Pick<DirectorySettings, "groupBaseDn" | "baseDn">,
): (group: string, named: string) => boolean {
  return (group, named) => sameDn(group, groupDn(named, { groupBaseDn, baseDn }));
}

/** The DN of a group that `signOn.roles` names. */
export function groupDn(
  named: string,
  { groupBaseDn, baseDn }: Pick<DirectorySettings, "groupBaseDn" | "baseDn">,
): string {
  return isDn(named) ? named : `cn=${escapedName(named)},${groupBaseDn ?? baseDn}`;
}

/** RFC 4514, 2.4. */
function escapedName(name: string): string {
  // As bytes, which is how OpenLDAP writes them: Grafana compares DNs as texts.
  return name.replace(
    /["+,;<>\\]|^[# ]| $/g,
    (character) => `\\${character.charCodeAt(0).toString(16).padStart(2, "0").toUpperCase()}`,
  );
}
