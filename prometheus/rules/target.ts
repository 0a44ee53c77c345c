/** Alerts about what Prometheus scrapes, whatever it is. */

import { atLeast, type RuleFamily } from "./rule.ts";
import { PERCENT, settableAlert } from "./settable_alert.ts";
import { VALUE } from "./words.ts";

// These say it in their own words: see grafana.ts, host.ts, probe.ts and webhook.ts.
const WITH_THEIR_OWN_ALERT = ["grafana", "node", "probe", "webhook"];
const DASHBOARD = { uid: "vigie-stack", variables: [] };

/** What cannot be reached, is reached only now and then, or is not there at all. */
export const targetRules: RuleFamily = {
  name: "target",
  rules: (context) => {
    const others = context.jobs.filter((job) => job !== "prometheus");
    return [
      settableAlert(context, {
        alert: "TargetDown",
        severity: "critical",
        line: { for: context.thresholds.targetDownFor },
        expr: () => `up{job!~"${WITH_THEIR_OWN_ALERT.join("|")}"} == 0`,
        summary: {
          fr: "{{ $labels.instance }} ({{ $labels.job }}) ne répond plus",
          en: "{{ $labels.instance }} ({{ $labels.job }}) does not answer",
        },
        description: ({ since }) => ({
          fr:
            `Prometheus n'arrive plus à lire les mesures de cette cible${since.fr} : service arrêté, réseau coupé ou mauvaise adresse.`,
          en:
            `Prometheus has not been able to read this target's metrics${since.en}: service stopped, network cut or wrong address.`,
        }),
        dashboard: DASHBOARD,
      }),
      settableAlert(context, {
        alert: "JobTargetsDown",
        severity: "warning",
        line: { threshold: 10, for: "10m" },
        unit: PERCENT,
        // The average over time sees targets that answer only now and then, too: none of them is ever down for long.
        expr: (percent) =>
          `100 * (1 - avg by (job) (avg_over_time(up{job!="probe"}[${
            atLeast("10m", context)
          }]))) > ${percent}`,
        summary: {
          fr: "Des cibles de {{ $labels.job }} répondent mal",
          en: "Targets of {{ $labels.job }} answer badly",
        },
        description: ({ limit }) => ({
          fr:
            `${VALUE.fr} % des lectures de ce job échouent (${limit.fr}) : plusieurs cibles sont arrêtées, ou ne répondent que par moments.`,
          en:
            `${VALUE.en}% of this job's scrapes fail (${limit.en}): several targets are down, or answer only now and then.`,
        }),
        dashboard: DASHBOARD,
      }),
      ...(others.length === 0 ? [] : [settableAlert(context, {
        alert: "JobAbsent",
        severity: "critical",
        line: { for: "10m" },
        // While nothing at all is ingested, PrometheusNotIngestingSamples says so once.
        expr: () =>
          `(${others.map((job) => `absent(up{job="${job}"})`).join(" or ")}) and on () up{job="prometheus"}`,
        summary: {
          fr: "Le job {{ $labels.job }} n'a plus aucune cible",
          en: "The job {{ $labels.job }} has no target at all",
        },
        description: ({ since }) => ({
          fr:
            `Prometheus ne trouve rien à y lire${since.fr} : fichier de cibles vide ou absent, ou configuration plus ancienne que config.ts. Ses autres alertes se taisent.`,
          en:
            `Prometheus has found nothing to scrape in it${since.en}: a file of targets is empty or missing, or the configuration is older than config.ts. Its other alerts are silent.`,
        }),
        dashboard: DASHBOARD,
      })]),
    ];
  },
};
