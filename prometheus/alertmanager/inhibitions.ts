/** Inhibitions: alerts that are not told because a worse one explains them. */

import { printMatcher } from "../../lib/matcher.ts";

/** An inhibition in Alertmanager's own form. */
export interface Inhibition {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal?: readonly string[];
}

/** What inhibitions have to know of what is measured: plain data. */
export interface InhibitionLinks {
  /** Scrape jobs whose label `instance` names a service of the stack, not a host. */
  readonly serviceJobs: readonly string[];
  /** For each host: values of `instance` that stand for something else on it, such as the targets of jobs at its address. */
  readonly onHosts: Readonly<Record<string, readonly string[]>>;
  /** Labels by which alerts of config.ts's own differ, beside those that Vigie's do. */
  readonly ownLabels: readonly string[];
}

// A label of `equal` that both alerts lack counts as equal: without this, an alert without instance would mute every other one.
const ON_AN_INSTANCE = 'instance!=""';

/**
 * Labels that tell what an alert is about, one disk of a host from the other: those that no alert of the name has are lacking on both sides,
 * and count as equal.
 */
export const SAME_THING: readonly string[] = [
  "alertname",
  "instance",
  "job",
  "name",
  "device",
  "mountpoint",
  "target",
  "chip",
  "sensor",
  "channel",
  "integration",
  "receiver",
  "rule_group",
  "scrape_job",
];

const DOWN = "TargetDown|WebhookDown|GrafanaDown";

/** Alerts whose cause is told under another name. */
const EXPLAINED: readonly Inhibition[] = [
  {
    // Each of its targets that is down is told.
    source_matchers: [`alertname=~"${DOWN}|HostDown"`, 'job!=""'],
    target_matchers: ['alertname="JobTargetsDown"', 'instance=""', 'job!=""'],
    equal: ["job"],
  },
  {
    source_matchers: [`alertname=~"${DOWN}"`, ON_AN_INSTANCE],
    target_matchers: ['alertname="ServiceCrashLooping"', ON_AN_INSTANCE],
    equal: ["instance", "job"],
  },
  {
    source_matchers: [`alertname=~"${DOWN}|ServiceCrashLooping"`, ON_AN_INSTANCE],
    target_matchers: ['alertname="TargetFlapping"', ON_AN_INSTANCE],
    equal: ["instance", "job"],
  },
  {
    source_matchers: ['alertname="WebhookQueueStuck"', ON_AN_INSTANCE],
    target_matchers: ['alertname=~"WebhookChannelPaused|WebhookQueueGrowing"', ON_AN_INSTANCE],
    equal: ["instance", "channel"],
  },
  {
    source_matchers: ['alertname=~"WebhookDown|WebhookNotReady"', 'instance="webhook"'],
    target_matchers: [
      'alertname="AlertmanagerNotificationsFailing"',
      'instance="alertmanager"',
      'integration="webhook"',
    ],
  },
];

/**
 * A worse alert mutes the same one that is less bad, a host that is down mutes whatever else is said of it, and a cause mutes what follows
 * from it.
 */
export function inhibitions({ serviceJobs, onHosts, ownLabels }: InhibitionLinks): Inhibition[] {
  const under = (source: string, target: string): Inhibition => ({
    source_matchers: [source, ON_AN_INSTANCE],
    target_matchers: [target, ON_AN_INSTANCE],
    equal: [...new Set([...SAME_THING, ...ownLabels])],
  });
  return [
    under('severity="critical"', 'severity=~"warning|info"'),
    under('severity="warning"', 'severity="info"'),
    {
      source_matchers: ['alertname="HostDown"', ON_AN_INSTANCE],
      target_matchers: [
        'alertname!="HostDown"',
        ON_AN_INSTANCE,
        // A host may have the name of a service.
        ...(serviceJobs.length === 0 ? [] : [`job!~"${serviceJobs.map(literal).join("|")}"`]),
      ],
      equal: ["instance"],
    },
    ...Object.entries(onHosts).filter(([, instances]) => instances.length > 0).map((
      [host, instances],
    ): Inhibition => ({
      source_matchers: [
        'alertname="HostDown"',
        printMatcher({ label: "instance", operator: "=", value: host }),
      ],
      target_matchers: [
        'alertname!="HostDown"',
        printMatcher({ label: "instance", operator: "=~", value: instances.map(literal).join("|") }),
      ],
    })),
    ...EXPLAINED,
  ];
}

/** `text` as a regular expression of RE2 that means nothing else. */
function literal(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&");
}
