import { deepEqual, equal } from "node:assert/strict";
import jmespath from "jmespath";
import { parse } from "smol-toml";
import { LDAP_FILE, renderLdap } from "./ldap.ts";
import { type GrafanaDirectory, type GrafanaProvider, rolePath, signOnEnvironment } from "./sign_on.ts";

const DIRECTORY: GrafanaDirectory = {
  host: "ldap.example.org",
  port: 636,
  ldaps: true,
  startTls: false,
  timeoutSeconds: 2.5,
  bindDn: 'cn=a "b" ${HOME},dc=example,dc=org',
  bindPasswordFile: "/run/secrets/vigie/ldap-bind-password",
  caFile: "/run/secrets/vigie/ldap-ca.pem",
  baseDn: "ou=people,dc=example,dc=org",
  userFilter: "(&(objectClass=person)(uid={user}))",
  userAttribute: "uid",
  groupBaseDn: "ou=groups,dc=example,dc=org",
  groupFilter: "(|(member={dn})(uniqueMember={dn}))",
  groups: [
    { group: "cn=sre,ou=groups,dc=example,dc=org", role: "GrafanaAdmin" },
    { group: "cn=on call\\2C night,ou=groups,dc=example,dc=org", role: "Editor" },
    { group: "*", role: "Viewer" },
  ],
};

const PROVIDER: GrafanaProvider = {
  name: "Example",
  clientId: "vigie",
  clientSecretFile: "/s/openid-client-secret",
  scopes: ["openid", "profile"],
  authUrl: "https://login.example.org/auth",
  tokenUrl: "https://login.example.org/token",
  userInfoUrl: "https://login.example.org/userinfo",
  groupsClaim: "realm.roles",
  userClaim: "preferred_username",
  groups: [
    { group: "sre", role: "GrafanaAdmin" },
    { group: "l'équipe \\ \"d'astreinte\" `", role: "Editor" },
    { group: "staff", role: "Viewer" },
  ],
};

Deno.test("renderLdap is TOML with the keys that Grafana knows, and without a password", () => {
  const text = renderLdap(DIRECTORY).get(LDAP_FILE)!;
  equal(text.match(/\$/g)!.length, 1, "Grafana replaces one variable, that of the password");
  deepEqual(parse(text), {
    servers: [{
      host: "ldap.example.org",
      port: 636,
      use_ssl: true,
      start_tls: false,
      ssl_skip_verify: false,
      min_tls_version: "TLS1.2",
      root_ca_cert: "/run/secrets/vigie/ldap-ca.pem",
      timeout: 3,
      bind_dn: DIRECTORY.bindDn,
      bind_password: "$__file{/run/secrets/vigie/ldap-bind-password}",
      search_filter: "(&(objectClass=person)(uid=%s))",
      search_base_dns: ["ou=people,dc=example,dc=org"],
      group_search_filter: "(|(member=%s)(uniqueMember=%s))",
      group_search_base_dns: ["ou=groups,dc=example,dc=org"],
      group_search_filter_user_attribute: "dn",
      attributes: { name: "givenName", surname: "sn", username: "uid", email: "mail", member_of: "dn" },
      group_mappings: [
        { group_dn: DIRECTORY.groups[0]!.group, org_role: "Admin", grafana_admin: true },
        { group_dn: DIRECTORY.groups[1]!.group, org_role: "Editor", grafana_admin: false },
        { group_dn: "*", org_role: "Viewer", grafana_admin: false },
      ],
    }],
  });
  // What Grafana reads after it put the file's text in.
  const password = `a"b\\c#d$e`;
  const filled = text.replace(/\$__file\{[^}]+\}/, () => password);
  equal((parse(filled).servers as { bind_password: string }[])[0]!.bind_password, password);
});

Deno.test("renderLdap reads memberOf where groups are not searched, and binds as nobody where none is named", () => {
  const { groupFilter: _, bindDn: __, bindPasswordFile: ___, ...bare } = DIRECTORY;
  const [server] = parse(renderLdap(bare).get(LDAP_FILE)!).servers as Record<string, unknown>[];
  equal(server!.bind_dn, "");
  for (const key of ["bind_password", "group_search_filter", "group_search_base_dns"]) {
    equal(key in server!, false);
  }
  equal((server!.attributes as { member_of: string }).member_of, "memberOf");
});

Deno.test("rolePath gives the role of the highest group, as Grafana asks it", () => {
  const cases: [claims: object, role: string | false][] = [
    [{ realm: { roles: ["staff", "sre"] } }, "GrafanaAdmin"],
    [{ realm: { roles: ["x", "l'équipe \\ \"d'astreinte\" `", "staff"] } }, "Editor"],
    [{ realm: { roles: ["staff"] } }, "Viewer"],
    [{ realm: { roles: ["strangers", "sre-old", "SRE"] } }, false],
    // One text is one group, not what it holds.
    [{ realm: { roles: "not-sre" } }, false],
    [{ realm: { roles: "sre" } }, "GrafanaAdmin"],
    [{ realm: { roles: null } }, false],
    [{}, false],
  ];
  for (const [claims, role] of cases) {
    equal(jmespath.search(claims, rolePath(PROVIDER)), role, JSON.stringify(claims));
  }
  const byUrl = { ...PROVIDER, groupsClaim: "https://example.org/groups" };
  equal(jmespath.search({ "https://example.org/groups": ["sre"] }, rolePath(byUrl)), "GrafanaAdmin");
});

Deno.test("signOnEnvironment names files for what is secret", () => {
  const place = { ldapFile: "/etc/grafana/ldap/ldap.toml" };
  const inImage = signOnEnvironment({ directory: DIRECTORY, provider: PROVIDER }, {
    ...place,
    inImage: true,
  });
  equal(inImage.GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET__FILE, "/s/openid-client-secret");
  equal(inImage.GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET, undefined);
  equal(inImage.GF_AUTH_LDAP_CONFIG_FILE, "/etc/grafana/ldap/ldap.toml");
  const local = signOnEnvironment({ provider: PROVIDER }, { ...place, inImage: false });
  equal(local.GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET, "$__file{/s/openid-client-secret}");
  equal(local.GF_AUTH_GENERIC_OAUTH_ROLE_ATTRIBUTE_STRICT, "true");
  equal("GF_AUTH_LDAP_ENABLED" in local, false);
  const everyone = { ...PROVIDER, groups: [{ group: "*", role: "Viewer" as const }] };
  const open = signOnEnvironment({ provider: everyone }, { ...place, inImage: false });
  equal(open.GF_AUTH_GENERIC_OAUTH_ROLE_ATTRIBUTE_STRICT, "false");
  equal(open.GF_AUTH_GENERIC_OAUTH_ROLE_ATTRIBUTE_PATH, "''");
  // The local administrator's way in stays.
  deepEqual(signOnEnvironment({}, { ...place, inImage: true }), {});
  equal("GF_AUTH_DISABLE_LOGIN_FORM" in { ...inImage, ...local }, false);
});
