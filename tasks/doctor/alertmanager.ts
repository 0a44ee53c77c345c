/** Whether Alertmanager tells people what it is told. */

import type { Diagnosis, Sighting } from "./diagnosis.ts";
import { Skipped } from "../../lib/check.ts";
import { timeOf } from "./logs.ts";
import { samplesOf } from "./metrics.ts";
import { prometheusAnswers, SERVICE_FAILURES } from "./prometheus.ts";
import type { Scene } from "./scene.ts";

const RECENT_MS = 10 * 60_000;
// An edit of either explains it: Alertmanager hides the addresses in what it says of its configuration.
const CONFIG_FILES = ["alertmanager/alertmanager.yml", "local/alertmanager/alertmanager.yml"];
const FAILURE = "alertmanager_notifications_failed_total";

const notificationsFailing: Diagnosis = {
  id: "doctor/notifications-failing",
  area: "alertmanager",
  title: "Alertmanager's notifications arrive",
  about:
    "Alertmanager has failed to deliver notifications in the last 10 minutes: the webhook or a mail or chat server " +
    "does not answer or refuses them. The evidence has the integration, the kind of failure and Alertmanager's own words.",
  weight: "error",
  mayFollowFrom: [
    ...SERVICE_FAILURES,
    "doctor/secret-missing",
    "doctor/generated-differs",
    "doctor/config-drift",
  ],
  async run(scene) {
    const failed = samplesOf(await scene.metrics("alertmanager"), FAILURE).filter(({ value }) => value > 0);
    const lines = (await scene.logs("alertmanager")).filter((line) =>
      /Notify (for alerts failed|attempt failed|success)/.test(line) &&
      (timeOf(line) ?? 0) >= scene.now() - RECENT_MS
    );
    const integrations = new Set([
      ...failed.map(({ labels }) => labels.integration ?? "unknown"),
      // An attempt that is still being repeated is not counted yet.
      ...lines.flatMap((line) => /integration="?([a-z0-9_]+)\[/.exec(line)?.[1] ?? []),
    ]);
    const sightings: Sighting[] = [];
    for (const integration of integrations) {
      const last = lines.findLast((line) => line.includes(`${integration}[`));
      // A success is logged only after failures: with it they are over.
      if (last?.includes("Notify success") || (!last && !await increases(scene, integration))) continue;
      const reasons = failed.filter(({ labels }) => labels.integration === integration);
      sightings.push({
        subject: integration === "webhook" ? "webhook" : `alertmanager ${integration}`,
        involves: ["alertmanager", ...CONFIG_FILES],
        cause: `Alertmanager cannot deliver notifications by ${integration}`,
        evidence: [
          ...reasons.map(({ labels, value }) =>
            `${FAILURE}{integration="${integration}",reason="${labels.reason}"} ${value}`
          ),
          ...last ? [`log: ${last.trim()}`] : [],
        ],
        cure: integration === "webhook"
          ? "`deno task logs webhook` shows what it did not take; `deno task up` starts it if it is gone"
          : "correct the receiver in config.ts that the line names, then `deno task up`",
      });
    }
    return sightings.length > 0 ? sightings : "notifications arrive";
  },
};

/** A matcher of a silence, as Alertmanager's API has it. */
export interface Matcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual?: boolean;
}

interface Silence {
  readonly id: string;
  readonly status: { readonly state: "active" | "pending" | "expired" };
  readonly matchers: readonly Matcher[];
  readonly endsAt: string;
  readonly createdBy: string;
  readonly comment: string;
}

const silencedAll: Diagnosis = {
  id: "doctor/silence-all",
  area: "alertmanager",
  title: "No silence mutes everything",
  about:
    'A silence is active whose matchers every alert meets (`alertname=~".+"`): nobody is told anything until it ' +
    "ends. Someone made it for maintenance and forgot it. The evidence has who made it, why, and when it ends. Expire it " +
    "with the command given.",
  weight: "error",
  async run(scene) {
    const { urls } = await scene.site();
    const answer = await scene.get(`${urls.alertmanager}/api/v2/silences`);
    if (!answer.ok) throw new Skipped("alertmanager does not answer");
    const active = (JSON.parse(answer.body) as Silence[]).filter(({ status }) => status.state === "active");
    const alerts = await possibleAlerts(scene);
    const found = active.filter(({ matchers }) => alerts.every((labels) => mutes(matchers, labels)));
    if (found.length === 0) {
      return active.length === 0 ? "no silences" : `${active.length} silences, none mutes all`;
    }
    return found.map(({ id, matchers, endsAt, createdBy, comment }) => ({
      subject: `silence ${id.slice(0, 8)}`,
      cause: "A silence mutes every alert",
      evidence: [
        matchers.map(matcherText).join(", "),
        `made by ${createdBy || "nobody"}: "${comment}"; ends at ${endsAt}`,
      ],
      cure: `curl -X DELETE ${urls.alertmanager}/api/v2/silence/${id}`,
    }));
  },
};

/** Diagnoses of Alertmanager. */
export const alertmanager: readonly Diagnosis[] = [notificationsFailing, silencedAll];

/**
 * Whether matchers mute an alert with these labels; a label that is missing counts as `""`.
 *
 * Source: `labels.Matcher.Matches` of Alertmanager; its regular expressions are anchored on both sides.
 */
export function mutes(matchers: readonly Matcher[], labels: Readonly<Record<string, string>>): boolean {
  return matchers.every(({ name, value, isRegex, isEqual = true }) => {
    const actual = labels[name] ?? "";
    return (isRegex ? anchored(value).test(actual) : value === actual) === isEqual;
  });
}

function anchored(source: string): RegExp {
  // RE2's flags at the start are not JavaScript's; the only one that people write is (?i).
  const [, flags = "", rest = ""] = /^(?:\(\?([a-z]+)\))?([\s\S]*)$/.exec(source)!;
  try {
    return new RegExp(
      `^(?:${rest})$`,
      flags.replace(/[^ims]/g, "") + "s".repeat(flags.includes("s") ? 0 : 1),
    );
  } catch {
    return /$^/; // What JavaScript cannot read is not one of the patterns that match everything.
  }
}

/** Label sets as alerts of this stack may carry them: two hosts for each rule, so that a silence for one host does not count. */
async function possibleAlerts(scene: Scene): Promise<Record<string, string>[]> {
  const rules: { name: string; labels: Record<string, string> }[] = [];
  if (await prometheusAnswers(scene)) {
    const { groups } = await scene.prometheus<{
      groups: { rules: { name: string; type: string; labels?: Record<string, string> }[] }[];
    }>("/api/v1/rules?type=alert");
    for (const rule of groups.flatMap((group) => group.rules)) {
      rules.push({ name: rule.name, labels: rule.labels ?? {} });
    }
  }
  // Alerts that no rule of ours makes count as well, or a silence on one alert would count where there is one rule.
  rules.push({ name: "AnyAlert", labels: { severity: "critical" } }, {
    name: "OtherAlert",
    labels: { severity: "warning" },
  });
  return rules.flatMap(({ name, labels }) =>
    ["host-a", "host-b:9100"].map((instance, i) => ({
      job: `job-${i}`,
      instance,
      alertname: name,
      ...labels,
    }))
  );
}

function matcherText({ name, value, isRegex, isEqual = true }: Matcher): string {
  const operator = isRegex ? isEqual ? "=~" : "!~" : isEqual ? "=" : "!=";
  return `${name}${operator}"${value}"`;
}

async function increases(scene: Scene, integration: string): Promise<boolean> {
  if (!await prometheusAnswers(scene)) return false;
  return (await scene.query(`increase(${FAILURE}{integration="${integration}"}[10m]) > 0`)).length > 0;
}
