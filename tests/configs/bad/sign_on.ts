import { defineStack } from "vigie";

export default defineStack({
  signOn: {
    users: [
      { name: "anna", role: "operator", password: { secret: "anna" } },
      { name: "Anna", role: "viewer", password: { secret: "other" } },
    ],
    ldap: {
      url: "ldap://ldap.example.org",
      bindDn: "cn=vigie,dc=example,dc=org",
      baseDn: "dc=example,dc=org",
      groupFilter: "(|(member={dn})(memberUid={user}))",
    },
    openId: { issuer: "https://accounts.google.com", clientId: "vigie" },
    roles: { admin: ["sre"], operator: ["sre"], viewer: "everyone" },
    session: { idle: "1d", longest: "8h" },
  },
});
