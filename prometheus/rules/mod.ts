/** Every family of rules. To add one: write its file beside this one and name it in `FAMILIES`. */

import type { Files } from "../../lib/files.ts";
import type { Locale } from "../../lib/text.ts";
import type { Measure } from "../schema.ts";
import { alertmanagerRules } from "./alertmanager.ts";
import type { AnnotationLinks } from "./annotations.ts";
import { backupRules } from "./backup.ts";
import { configuredRules, contextOf, type RuleSource } from "./configured.ts";
import { containerRules } from "./containers.ts";
import { diskHealthRules } from "./disk_health.ts";
import { diskRules } from "./disk.ts";
import { drillRules } from "./drill.ts";
import { entryRules } from "./entry.ts";
import { grafanaRules } from "./grafana.ts";
import { hardwareRules } from "./hardware.ts";
import { hostRules } from "./host.ts";
import { memoryRules } from "./memory.ts";
import { networkRules } from "./network.ts";
import { OWN_GROUP, ownRules } from "./own.ts";
import { pressureRules } from "./pressure.ts";
import { probeRules } from "./probe.ts";
import { prometheusRules } from "./prometheus.ts";
import { prometheusNotificationRules } from "./prometheus_notifications.ts";
import { prometheusStorageRules } from "./prometheus_storage.ts";
import { type Rule, type RuleFamily, ruleFile } from "./rule.ts";
import { stackRules } from "./stack.ts";
import { systemdRules } from "./systemd.ts";
import { targetRules } from "./target.ts";
import { webhookRules } from "./webhook.ts";

/** Every family of rules, in the order in which dashboards and people read them. */
export const FAMILIES: readonly RuleFamily[] = [
  hostRules,
  memoryRules,
  pressureRules,
  diskRules,
  diskHealthRules,
  networkRules,
  hardwareRules,
  systemdRules,
  containerRules,
  targetRules,
  probeRules,
  stackRules,
  prometheusRules,
  prometheusStorageRules,
  prometheusNotificationRules,
  alertmanagerRules,
  webhookRules,
  grafanaRules,
  backupRules,
  entryRules,
  drillRules,
];

/** What rules and their annotations need to know of the rest of the stack. */
export interface RuleLinks extends AnnotationLinks {
  /** Names of the scrape jobs: rules about others are left out. */
  readonly jobs: readonly string[];
  /** The stack's name. */
  readonly stack: string;
}

/**
 * `prometheus/rules/<family>.yml` for each family that has a rule to offer, `<family>-hosts.yml` for what its alerts are on some hosts
 * (`<family>-hosts-2.yml` where an alert has two of these), and `custom.yml` for the rules that config.ts brings.
 */
export function renderRules(
  source: RuleSource & Pick<Measure, "alerts" | "recordings">,
  locale: Locale,
  links: RuleLinks,
): Files {
  const files = new Map<string, string>();
  const add = (name: string, rules: readonly Rule[], to: AnnotationLinks) => {
    if (rules.length === 0) return;
    files.set(`prometheus/rules/${name}.yml`, ruleFile(name, rules, locale, to));
  };
  const context = contextOf(source, links.jobs, links.stack);
  for (const family of FAMILIES) {
    const { rules, overrides } = configuredRules(family, source, context);
    add(family.name, rules, links);
    for (const [i, others] of overrides.entries()) {
      add(`${family.name}-hosts${i === 0 ? "" : `-${i + 1}`}`, others, links);
    }
  }
  add(OWN_GROUP, ownRules(source.alerts, source.recordings), { grafanaUrl: links.grafanaUrl });
  return files;
}
