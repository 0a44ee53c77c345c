/** `alertmanager/inhibits-itself` and `alertmanager/inhibits-others`: an inhibition mutes what it is meant for. */

import type { AlertShape } from "../alert_shape.ts";
import { fitsBoth, type InhibitRule, mayFit } from "../inhibit.ts";
import type { Fits } from "../ways.ts";
import { type Fault, type Model, modelCheck } from "./model.ts";

const FAULT = "This is a fault of Vigie, as config.ts cannot change inhibitions: report it with this message";

/**
 * An inhibition with an alert that fits both of its sides: Alertmanager lets no two of them mute each other, so it does not what it says, and
 * older versions let an alert mute itself.
 */
export const inhibitsItself = modelCheck(
  {
    id: "alertmanager/inhibits-itself",
    title: "No inhibition mutes its own sources",
    severity: "error",
  },
  ({ inhibitions, alerts, fits }) =>
    inhibitions.flatMap((rule, i): Fault[] => {
      const both = [
        ...new Set(alerts.filter((alert) => fitsBoth(rule, alert, fits)).map(({ name }) => name)),
      ];
      return both.length === 0 ? [] : [{
        path: ["inhibit_rules", i],
        subject: both[0],
        message: `Inhibition ${i + 1} mutes its own sources: ${named(both)} ${
          both.length === 1 ? "fits" : "fit"
        } both of its sides`,
        cure: FAULT,
      }];
    }),
);

/**
 * An inhibition by which an alert about one host mutes alerts about another: because it does not ask for the same `instance`, or because alerts
 * without that label count as equal; and one by which an alert mutes what is said of another thing on the same host, another disk for example.
 */
export const inhibitsOthers = modelCheck(
  {
    id: "alertmanager/inhibits-others",
    title: "No inhibition mutes what is said of another host",
    severity: "error",
  },
  (model) => model.inhibitions.flatMap((rule, i) => scopeFaults(rule, i, model)),
);

function scopeFaults(rule: InhibitRule, index: number, { alerts, targetLabels, fits }: Model): Fault[] {
  const sources = alerts.filter((alert) => mayFit(rule.source, alert, fits));
  const targets = alerts.filter((alert) => mayFit(rule.target, alert, fits));
  const about = { path: ["inhibit_rules", index], cure: FAULT };
  if (!rule.equal.includes("instance")) {
    if (isPinned(rule.source, fits) && isPinned(rule.target, fits)) return [];
    // What is said of no host at all is told apart by another label that is there.
    const isKeyed = rule.equal.some((label) =>
      [...rule.source, ...rule.target].some((matcher) => matcher.label === label && !fits(matcher, ""))
    );
    if (isKeyed && isOfNoHost(rule.target, fits)) return [];
    return [{
      ...about,
      subject: sources[0]?.name,
      message: `Inhibition ${index + 1} lets an alert about one host mute alerts about every other: ` +
        `it does not ask for the same "instance"`,
    }];
  }
  const isThere = [...rule.source, ...rule.target].some((matcher) =>
    matcher.label === "instance" && !fits(matcher, "")
  );
  const without = isThere ? undefined : sources.find((source) => !source.sure.has("instance"));
  if (without) {
    return [{
      ...about,
      subject: without.name,
      message: `Inhibition ${index + 1} lets an alert without "instance" mute every other one without it: ` +
        "a label that both lack counts as equal",
    }];
  }
  // One that mutes its own sources is told already.
  if (!rule.equal.includes("alertname") || alerts.some((alert) => fitsBoth(rule, alert, fits))) return [];
  const ofSame = sources.filter((source) => targets.some((target) => target.name === source.name));
  return ofSame.flatMap((source): Fault[] => {
    const missing = distinguishing(source).filter((label) =>
      !rule.equal.includes(label) && !targetLabels.has(label)
    );
    return missing.length === 0 ? [] : [{
      ...about,
      severity: "warning",
      subject: source.name,
      cure: "Keep these labels by name in its expression, with `by`, or give its severities two names",
      message:
        `Inhibition ${index + 1} lets "${source.name}" mute itself about something else on the same host: ` +
        `it does not ask for the same ${named(missing)}`,
    }];
  });
}

/** Whether matchers leave only certain instances. */
function isPinned(matchers: InhibitRule["source"], fits: Fits): boolean {
  return matchers.some((matcher) =>
    matcher.label === "instance" && (matcher.operator === "=" || matcher.operator === "=~") &&
    !fits(matcher, "") &&
    !fits(matcher, "any other instance")
  );
}

/** Whether matchers leave only alerts without an instance, which are about no host. */
function isOfNoHost(matchers: InhibitRule["target"], fits: Fits): boolean {
  return matchers.some((matcher) =>
    matcher.label === "instance" && fits(matcher, "") && !fits(matcher, "any instance")
  );
}

// What a filesystem is and how it fails says nothing that its device and mount point do not.
const DEPENDENT = ["fstype", "device_error", "severity"];

/** Labels that tell one alert of a rule from the other. */
function distinguishing({ sure, maybe, labels }: AlertShape): string[] {
  return [...sure, ...maybe].filter((label) => !(label in labels) && !DEPENDENT.includes(label)).sort();
}

function named(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => `"${name}"`);
  const more = names.length > 3 ? [`${names.length - 3} more`] : [];
  return [...shown, ...more].join(", ");
}
