/** Grafana's LDAP configuration. */

import { stringify } from "smol-toml";
import { BANNER, type Files } from "../lib/files.ts";
import type { GrafanaDirectory } from "./sign_on.ts";

/** Where it lies, relative to the build directory. */
export const LDAP_FILE = "grafana/ldap/ldap.toml";

// A text that no configuration has, and TOML writes as it is.
const PASSWORD = "password-by-file";

/**
 * `grafana/ldap/ldap.toml`. The password is not in it: Grafana puts the file's text in its place before it reads the TOML.
 *
 * Source: grafana.com/docs/grafana, "Configure LDAP authentication"; pkg/services/ldap/settings.go.
 */
export function renderLdap(directory: GrafanaDirectory): Files {
  const { bindDn, bindPasswordFile, caFile, groupFilter, userAttribute } = directory;
  const server = {
    host: directory.host,
    port: directory.port,
    use_ssl: directory.ldaps || directory.startTls,
    start_tls: directory.startTls,
    ssl_skip_verify: false,
    min_tls_version: "TLS1.2",
    ...(caFile !== undefined && { root_ca_cert: caFile }),
    timeout: Math.max(Math.ceil(directory.timeoutSeconds), 1),
    bind_dn: bindDn ?? "",
    ...(bindPasswordFile !== undefined && { bind_password: PASSWORD }),
    search_filter: directory.userFilter.replaceAll("{user}", "%s"),
    search_base_dns: [directory.baseDn],
    ...(groupFilter !== undefined && {
      group_search_filter: groupFilter.replaceAll(/\{(?:dn|user)\}/g, "%s"),
      group_search_base_dns: [directory.groupBaseDn],
      group_search_filter_user_attribute: groupFilter.includes("{dn}") ? "dn" : userAttribute,
    }),
    attributes: {
      name: "givenName",
      surname: "sn",
      username: userAttribute,
      email: "mail",
      member_of: groupFilter === undefined ? "memberOf" : "dn",
    },
    // The first that fits counts.
    group_mappings: directory.groups.map(({ group, role }) => ({
      group_dn: group,
      org_role: role === "GrafanaAdmin" ? "Admin" : role,
      grafana_admin: role === "GrafanaAdmin",
    })),
  };
  // What looks like a variable would be replaced in the whole text.
  const text = stringify({ servers: [server] }).replaceAll("$", "\\u0024")
    // Literal, as a password may have what TOML escapes.
    .replace(`"${PASSWORD}"`, () => `'''$__file{${bindPasswordFile}}'''`);
  return new Map([[LDAP_FILE, `# ${BANNER}\n${text.trimEnd()}\n`]]);
}
