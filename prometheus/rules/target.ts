/** Alerts about what Prometheus scrapes, whatever it is. */

import { atLeast, type RuleFamily } from "./rule.ts";
import { PERCENT, settableAlert } from "./settable_alert.ts";
import { COUNT, inWords, VALUE } from "./words.ts";

// These say it in their own words: see entry.ts, grafana.ts, host.ts, probe.ts and webhook.ts.
const WITH_THEIR_OWN_ALERT = ["entry", "entry-tls", "entry-tls-own", "grafana", "node", "probe", "webhook"];
const DASHBOARD = { uid: "vigie-stack", variables: [] };

/** What cannot be reached, is reached only now and then, or is not there at all. */
export const targetRules: RuleFamily = {
  name: "target",
  rules: (context) => {
    const window = atLeast("15m", context);
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
        // That the blackbox exporter does not answer, its own job says.
        expr: (percent) => `100 * avg by (job) (up{job!="probe"} == bool 0) > ${percent}`,
        summary: {
          fr: "Une partie du job {{ $labels.job }} ne répond plus",
          en: "A part of the job {{ $labels.job }} does not answer",
        },
        description: ({ limit }) => ({
          fr:
            `${VALUE.fr} % des cibles de ce job sont injoignables (${limit.fr}) : cherchez ce qu'elles ont en commun, un réseau ou une mise à jour.`,
          en:
            `${VALUE.en}% of this job's targets cannot be reached (${limit.en}): look for what they have in common, a network or an update.`,
        }),
        dashboard: DASHBOARD,
      }),
      settableAlert(context, {
        alert: "TargetFlapping",
        severity: "warning",
        line: { threshold: 4, for: "5m" },
        // None of its failures lasts long enough for TargetDown.
        expr: (changes) => `changes(up{job!="probe"}[${window}]) > ${changes}`,
        summary: {
          fr: "{{ $labels.instance }} ({{ $labels.job }}) ne répond que par moments",
          en: "{{ $labels.instance }} ({{ $labels.job }}) answers only now and then",
        },
        description: ({ limit }) => ({
          fr: `Devenue joignable ou injoignable ${COUNT} fois en ${
            inWords(window).fr
          } (${limit.fr}) : réseau instable, cible surchargée ou qui redémarre.`,
          en: `It went between reachable and unreachable ${COUNT} times in ${
            inWords(window).en
          } (${limit.en}): network unsteady, target overloaded or starting over and over.`,
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
