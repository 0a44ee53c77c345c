/** A secret of each kind that config.ts takes, each with a mark that is found wherever it goes. */

/** Stands in each of them, in capitals or not, or as base64 has it. */
export const MARK = "Canary";
/** The same where a secret has to be base64. */
export const MARK_BASE64 = btoa(MARK.repeat(6));

/** The mark as base64 has it, wherever in the encoded text it begins: what touches the text beside it is left off. */
const MARK_ENCODED = [0, 1, 2].map((shift) =>
  btoa("x".repeat(shift) + MARK).replace(/=+$/, "").slice(
    [0, 2, 3][shift],
    (MARK.length + shift) % 3 ? -1 : undefined,
  )
);

/** Where a canary stands in a text; -1 when there is none. */
export function findCanary(text: string): number {
  const found = [
    text.toLowerCase().indexOf(MARK.toLowerCase()),
    ...MARK_ENCODED.map((each) => text.indexOf(each)),
  ].filter((at) => at >= 0);
  return found.length === 0 ? -1 : Math.min(...found);
}

/** Where nothing listens: each attempt fails, and says why. */
const NOWHERE = "http://127.0.0.1:2";

/** Each secret by its name, as the services want it. */
export const CANARIES = {
  "slack-url": `${NOWHERE}/services/${MARK}SlackUrl`,
  "slack-token": `xoxb-${MARK}SlackToken`,
  "teams-url": `${NOWHERE}/${MARK}TeamsUrl`,
  "discord-url": `${NOWHERE}/api/webhooks/1/${MARK}DiscordUrl`,
  "ntfy-password": `${MARK}NtfyPassword`,
  "ntfy-token": `tk_${MARK}NtfyToken`,
  "telegram-token": `123456789:${MARK}TelegramToken_made_up_0000`,
  "pagerduty-key": `${MARK}PagerdutyKey00`,
  "native-pagerduty-key": `${MARK}NativePagerdutyKey`,
  "native-slack-url": `${NOWHERE}/services/${MARK}NativeSlackUrl`,
  "hook-url": `${NOWHERE}/${MARK}HookUrl`,
  "hook-secret": `whsec_${MARK_BASE64}`,
  "hook-secret-before": `whsec_${MARK_BASE64}`,
  "hook-bearer": `${MARK}HookBearer`,
  "smtp-password": `${MARK}SmtpPassword`,
  "native-smtp-password": `${MARK}NativeSmtpPassword`,
  "heartbeat-url": `${NOWHERE}/${MARK}Heartbeat`,
  "grafana-password": `${MARK}GrafanaPassword`,
  "user-password": `${MARK}UserPassword`,
  "ldap-password": `${MARK}LdapPassword`,
  "openid-secret": `${MARK}OpenIdSecret`,
  "backup-password": `${MARK}BackupPassword`,
  "s3-key": `${MARK}S3Key`,
  "scrape-password": `${MARK}ScrapePassword`,
  "scrape-token": `${MARK}ScrapeToken`,
} as const;

/** The name of a canary. */
export type Canary = keyof typeof CANARIES;

/** The variable, the file and the command by which three of them come; the others are in the store. */
export const VARIABLE: Canary = "telegram-token";
export const FILE: Canary = "teams-url";
export const COMMAND: Canary = "native-pagerduty-key";

/** Who may sign in with the canary of that name. */
export const USER = "anna";

/** The text of a config.ts that uses them all. Only the receiver `told` may be told: the others would reach out of this machine. */
export function configText(name: string, ports: Readonly<Record<string, number>>, more: string): string {
  return `import { defineStack, secret, secretCommand, secretEnv, secretFile } from "vigie";
export default defineStack({
  name: "${name}",
  locale: "en",
  retention: { time: "1d", size: "20MB" },
  ports: ${JSON.stringify(ports)},
  notify: {
    receivers: {
      console: [{ kind: "console" }],
      told: [
        { kind: "slack", url: secret("slack-url") },
        { kind: "teams", url: secretFile("${FILE}") },
        { kind: "discord", url: secret("discord-url") },
        { kind: "ntfy", server: "${NOWHERE}", topic: "a", username: "a", password: secret("ntfy-password") },
        { kind: "ntfy", server: "${NOWHERE}", topic: "a", token: secret("ntfy-token") },
        { kind: "telegram", apiUrl: "${NOWHERE}", token: secretEnv("VIGIE_TELEGRAM"), chatId: "-1" },
        { kind: "pagerduty", url: "${NOWHERE}/enqueue", routingKey: secret("pagerduty-key") },
        {
          kind: "webhook",
          url: secret("hook-url"),
          secret: secret("hook-secret"),
          previousSecret: secret("hook-secret-before"),
          bearer: secret("hook-bearer"),
        },
        {
          kind: "email",
          to: "a@example.org",
          from: "b@example.org",
          smarthost: "127.0.0.1:2",
          username: "a",
          password: secret("smtp-password"),
        },
        { kind: "slack", via: "alertmanager", url: secret("native-slack-url") },
        {
          kind: "pagerduty",
          via: "alertmanager",
          url: "${NOWHERE}/enqueue",
          routingKey: secretCommand("cat", "${COMMAND}"),
        },
        {
          kind: "email",
          via: "alertmanager",
          to: "a@example.org",
          from: "b@example.org",
          smarthost: "127.0.0.1:2",
          username: "a",
          password: secret("native-smtp-password"),
        },
      ],
      outside: [{ kind: "slack", token: secret("slack-token"), channel: "#a" }],
    },
    receiver: "console",
    routes: [
      { matchers: ["told=yes"], receiver: "told", groupWait: "1s" },
      { matchers: ["told=never"], receiver: "outside" },
    ],
  },
  webhook: { heartbeat: { url: secret("heartbeat-url"), every: "1s" } },
  grafana: { adminPassword: secret("grafana-password") },
  tls: { mode: "internal" },
  signOn: {
    users: [{ name: "${USER}", role: "operator", password: secret("user-password") }],
    ldap: {
      url: "ldaps://127.0.0.1:2",
      bindDn: "cn=vigie,dc=example,dc=org",
      bindPassword: secret("ldap-password"),
      baseDn: "dc=example,dc=org",
      groupFilter: "(member={dn})",
    },
    openId: {
      issuer: "https://127.0.0.1:2",
      clientId: "vigie",
      clientSecret: secret("openid-secret"),
      endpoints: {
        authorization: "https://127.0.0.1:2/a",
        token: "https://127.0.0.1:2/t",
        userInfo: "https://127.0.0.1:2/u",
      },
    },
    roles: { viewer: "everyone" },
  },
  backup: {
    every: "1d",
    repository: "repository",
    password: secret("backup-password"),
    credentials: { AWS_SECRET_ACCESS_KEY: secret("s3-key") },
  },
  hosts: [{
    name: "remote",
    address: "127.0.0.1:2",
    tls: { serverName: "remote" },
    auth: { basic: { user: "a", password: secret("scrape-password") } },
  }],
  jobs: [{
    name: "other",
    targets: ["127.0.0.1:2"],
    scheme: "https",
    auth: { bearer: secret("scrape-token") },
  }],
  ${more}
});
`;
}
