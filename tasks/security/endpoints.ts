/** What the services let anybody do who reaches them. */

import { Buffer } from "node:buffer";
import type { Scene } from "../doctor/mod.ts";
import type { Finding, Rule } from "./finding.ts";

/** The rules about what is open. */
export const ENDPOINT_RULES = {
  admin: {
    id: "security/admin-endpoint",
    severity: "medium",
    title: "Nobody without a password can stop a service, or delete what it keeps",
    cure: "bind it to 127.0.0.1, or put it behind the entry: `tls` in config.ts",
    reference: "https://prometheus.io/docs/operating/security/#prometheus",
  },
  password: {
    id: "security/default-password",
    severity: "high",
    title: "Grafana's first password is not its default one",
    cure: "run `deno task up`, which makes one of its own",
    reference: "https://grafana.com/docs/grafana/latest/setup-grafana/configure-security/",
  },
} as const satisfies Record<string, Rule>;

const ADMIN_FLAGS = ["web.enable-lifecycle", "web.enable-admin-api"];

/** What is open. */
export async function examineEndpoints(scene: Scene): Promise<Finding[]> {
  const { services, urls } = await scene.site();
  const findings: Finding[] = [];
  const flags = await scene.prometheus<Record<string, string>>("/api/v1/status/flags");
  const open = ADMIN_FLAGS.filter((name) => flags[name] === "true");
  if (open.length > 0) {
    findings.push({
      ...ENDPOINT_RULES.admin,
      subject: "prometheus",
      evidence: open.map((name) => `--${name}`),
    });
  }
  if (services.includes("grafana")) {
    const { user, password } = { user: "admin", password: "admin" };
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
    const answer = await scene.get(`${urls.grafana}/api/org`, { authorization });
    if (answer.ok) {
      findings.push({ ...ENDPOINT_RULES.password, subject: "grafana", evidence: ["admin, admin signs in"] });
    }
  }
  return findings;
}
