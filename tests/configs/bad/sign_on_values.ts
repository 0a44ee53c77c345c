import { defineStack } from "vigie";

export default defineStack({
  tls: { mode: "internal" },
  signOn: {
    users: [{ name: "anna smith", role: "root", password: "hunter2" }],
    ldap: { url: "https://ldap.example.org", baseDn: "", userFilter: "uid={user}" },
    openId: { issuer: "http://login.example.org", clientId: "", scopes: ["profile"] },
    roles: { admin: ["*"], viewer: "all" },
  },
});
