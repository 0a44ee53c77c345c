/** Alerts about the monitoring as a whole: who watches the watchers. Each of its services has a file of its own. */

import { durationMs } from "../../lib/units.ts";
import { type AlertRule, atLeast, type RuleContext, type RuleFamily } from "./rule.ts";
import { settableAlert } from "./settable_alert.ts";
import { COUNT, inWords } from "./words.ts";

// Services of the stack that say when they were started. A host's exporter starts again with its host.
const SERVICES = ["alertmanager", "blackbox", "cadvisor", "grafana", "prometheus", "webhook"];

/** That measurements arrive, and that no service starts over and over. */
export const stackRules: RuleFamily = {
  name: "stack",
  rules: (context) => [watchdog(context), crashLooping(context)],
};

function watchdog(context: RuleContext): AlertRule {
  const staleSeconds = Math.max(60, 4 * durationMs(context.scrapeInterval) / 1_000);
  return settableAlert(context, {
    alert: "Watchdog",
    severity: "none",
    line: {},
    // vector(1) would go on firing while nothing is scraped or stored any more.
    expr: () => `time() - max(timestamp(process_start_time_seconds{job="prometheus"})) < ${staleSeconds}`,
    summary: { fr: "Les mesures arrivent", en: "Measurements arrive" },
    description: () => ({
      fr:
        "Toujours active tant que Prometheus lit et range des mesures. C'est son absence qui est une panne : un service extérieur peut l'attendre.",
      en:
        "Always active as long as Prometheus reads and stores measurements. Its absence is the fault: an outside service can wait for it.",
    }),
    dashboard: { uid: "vigie-alerts", variables: [] },
  });
}

function crashLooping(context: RuleContext): AlertRule {
  const window = atLeast("10m", context);
  return settableAlert(context, {
    alert: "ServiceCrashLooping",
    severity: "critical",
    line: { threshold: 4 },
    expr: (starts) =>
      `changes(process_start_time_seconds{job=~"${SERVICES.join("|")}"}[${window}]) > ${starts}`,
    summary: {
      fr: "{{ $labels.instance }} redémarre sans cesse",
      en: "{{ $labels.instance }} starts over and over",
    },
    description: ({ limit }) => ({
      fr: `${COUNT} redémarrages en ${
        inWords(window).fr
      } (${limit.fr}). La cause est dans son journal : deno task logs {{ $labels.instance }}`,
      en: `${COUNT} restarts in ${
        inWords(window).en
      } (${limit.en}). Its log says why: deno task logs {{ $labels.instance }}`,
    }),
    dashboard: { uid: "vigie-stack", variables: [] },
  });
}
