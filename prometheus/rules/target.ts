/** Alerts about what Prometheus scrapes, whatever it is. */

import type { RuleFamily } from "./rule.ts";
import { inWords } from "./words.ts";

// These say it in their own words: see host.ts, probe.ts and stack.ts.
const WITH_THEIR_OWN_ALERT = ["grafana", "node", "probe", "webhook"];

/** What cannot be reached. */
export const targetRules: RuleFamily = {
  name: "target",
  rules: ({ thresholds }) => [{
    alert: "TargetDown",
    expr: `up{job!~"${WITH_THEIR_OWN_ALERT.join("|")}"} == 0`,
    for: thresholds.targetDownFor,
    severity: "critical",
    summary: {
      fr: "{{ $labels.instance }} ({{ $labels.job }}) ne répond plus",
      en: "{{ $labels.instance }} ({{ $labels.job }}) does not answer",
    },
    description: {
      fr: `Prometheus n'arrive plus à lire les mesures de cette cible depuis ${
        inWords(thresholds.targetDownFor).fr
      } : service arrêté, réseau coupé ou mauvaise adresse.`,
      en: `Prometheus has not been able to read this target's metrics for ${
        inWords(thresholds.targetDownFor).en
      }: service stopped, network cut or wrong address.`,
    },
  }],
};
