/** Alerts about Prometheus: its configuration, its rules, what it asks of its targets. What it keeps and what it tells have files of their own. */

import { type AlertRule, atLeast, type RuleContext, type RuleFamily } from "./rule.ts";
import { PERCENT, settableAlert } from "./settable_alert.ts";
import { COUNT, inWords, VALUE } from "./words.ts";

const DASHBOARD = { uid: "vigie-stack", variables: [] };
const SLOW_GROUP =
  'prometheus_rule_group_last_duration_seconds{job="prometheus"} / prometheus_rule_group_interval_seconds{job="prometheus"}';

/** A Prometheus that measures or judges less than it should. */
export const prometheusRules: RuleFamily = {
  name: "prometheus",
  needs: "prometheus",
  rules: (context) => [
    ...configuration(context),
    ...evaluation(context),
    ...scraping(context),
  ],
};

function configuration(context: RuleContext): AlertRule[] {
  return [
    settableAlert(context, {
      alert: "PrometheusReloadFailed",
      severity: "critical",
      line: { for: "5m" },
      expr: () => 'prometheus_config_last_reload_successful{job="prometheus"} == 0',
      summary: { fr: "Prometheus refuse sa configuration", en: "Prometheus refuses its configuration" },
      description: () => ({
        fr:
          "Il tourne encore avec l'ancienne et ne démarrerait plus. La cause est dans son journal : deno task logs prometheus",
        en:
          "It still runs with the old one and would not start again. Its log says why: deno task logs prometheus",
      }),
      dashboard: DASHBOARD,
    }),
    settableAlert(context, {
      alert: "PrometheusDiscoveryFailing",
      severity: "warning",
      line: { for: "20m" },
      // Files of targets are read again every 5 minutes, or when they change.
      expr: () =>
        `increase(prometheus_sd_file_read_errors_total{job="prometheus"}[${atLeast("15m", context)}]) > 0`,
      summary: {
        fr: "Prometheus n'arrive pas à lire un fichier de cibles",
        en: "Prometheus cannot read a file of targets",
      },
      description: () => ({
        fr:
          "Il garde les cibles qu'il connaissait ; les nouvelles ne sont pas surveillées. Quel fichier : deno task logs prometheus",
        en:
          "It keeps the targets that it knew; new ones are not watched. Which file it is: deno task logs prometheus",
      }),
      dashboard: DASHBOARD,
    }),
    settableAlert(context, {
      alert: "PrometheusTargetSyncFailed",
      severity: "critical",
      line: { for: "5m" },
      expr: () =>
        `increase(prometheus_target_sync_failed_total{job="prometheus"}[${atLeast("30m", context)}]) > 0`,
      summary: {
        fr: "Prometheus refuse des cibles de {{ $labels.scrape_job }}",
        en: "Prometheus refuses targets of {{ $labels.scrape_job }}",
      },
      description: () => ({
        fr:
          "Une adresse ou une étiquette n'y est pas valable : ces cibles ne sont pas lues, et aucune alerte ne les dit absentes. Laquelle : deno task logs prometheus",
        en:
          "An address or a label in it is not valid: these targets are not scraped, and no alert calls them absent. Which one: deno task logs prometheus",
      }),
      dashboard: DASHBOARD,
    }),
  ];
}

function evaluation(context: RuleContext): AlertRule[] {
  const window = atLeast("5m", context);
  return [
    settableAlert(context, {
      alert: "PrometheusRuleFailures",
      severity: "critical",
      line: { for: "10m" },
      expr: () => `increase(prometheus_rule_evaluation_failures_total{job="prometheus"}[${window}]) > 0`,
      summary: { fr: "Des règles de Prometheus échouent", en: "Rules of Prometheus fail" },
      description: () => ({
        fr:
          "Les règles du groupe {{ $labels.rule_group }} ne s'évaluent plus : leurs alertes ne partiront pas. La cause est dans le journal : deno task logs prometheus",
        en:
          "Rules of the group {{ $labels.rule_group }} cannot be evaluated: their alerts will not go out. The log says why: deno task logs prometheus",
      }),
      dashboard: DASHBOARD,
    }),
    settableAlert(context, {
      alert: "PrometheusRuleGroupSlow",
      severity: "warning",
      line: { threshold: 100, for: "15m" },
      unit: PERCENT,
      expr: (percent) => `100 * ${SLOW_GROUP} > ${percent}`,
      summary: {
        fr: "Des règles de Prometheus sont trop lentes",
        en: "Rules of Prometheus are too slow",
      },
      description: ({ limit }) => ({
        fr:
          `Le groupe {{ $labels.rule_group }} prend ${VALUE.fr} % du temps dont il dispose (${limit.fr}) : des évaluations sautent, ses alertes viennent en retard.`,
        en:
          `The group {{ $labels.rule_group }} takes ${VALUE.en}% of the time that it is given (${limit.en}): evaluations are skipped, its alerts come late.`,
      }),
      dashboard: DASHBOARD,
    }),
    settableAlert(context, {
      alert: "PrometheusRuleEvaluationsMissed",
      severity: "warning",
      line: { for: "15m" },
      // A group that is itself too slow is told by PrometheusRuleGroupSlow.
      expr: () =>
        `increase(prometheus_rule_group_iterations_missed_total{job="prometheus"}[${window}]) > 0 unless ${SLOW_GROUP} > 1`,
      summary: {
        fr: "Prometheus saute des évaluations de règles",
        en: "Prometheus skips evaluations of rules",
      },
      description: () => ({
        fr: `${COUNT} évaluations du groupe {{ $labels.rule_group }} ont sauté en ${
          inWords(window).fr
        } : la machine de Prometheus est trop chargée, ou elle s'arrête par moments.`,
        en: `${COUNT} evaluations of the group {{ $labels.rule_group }} were skipped in ${
          inWords(window).en
        }: Prometheus's host is overloaded, or stops now and then.`,
      }),
      dashboard: DASHBOARD,
    }),
    settableAlert(context, {
      alert: "PrometheusTemplatesFailing",
      severity: "warning",
      line: {},
      expr: () =>
        `increase(prometheus_template_text_expansion_failures_total{job="prometheus"}[${
          atLeast("15m", context)
        }]) > 0`,
      summary: { fr: "Le texte d'une alerte est cassé", en: "The text of an alert is broken" },
      description: () => ({
        fr:
          "L'alerte part, mais un message d'erreur remplace ce qu'elle devait dire. Laquelle : deno task logs prometheus",
        en:
          "The alert goes out, but an error stands where its text should be. Which one: deno task logs prometheus",
      }),
      dashboard: DASHBOARD,
    }),
    settableAlert(context, {
      alert: "PrometheusQueryLoadHigh",
      severity: "warning",
      line: { threshold: 80, for: "15m" },
      unit: PERCENT,
      expr: (percent) =>
        `100 * avg_over_time(prometheus_engine_queries{job="prometheus"}[${window}]) / prometheus_engine_queries_concurrent_max{job="prometheus"} > ${percent}`,
      summary: {
        fr: "Prometheus ne suit plus les requêtes",
        en: "Prometheus cannot keep up with queries",
      },
      description: ({ limit }) => ({
        fr:
          `${VALUE.fr} % des requêtes qu'il peut traiter à la fois sont en cours (${limit.fr}). Au-delà, tableaux de bord et règles attendent : cherchez le tableau de bord qui en demande trop.`,
        en:
          `${VALUE.en}% of the queries that it can run at once are running (${limit.en}). Beyond that dashboards and rules wait: look for the dashboard that asks too much.`,
      }),
      dashboard: DASHBOARD,
    }),
  ];
}

const LIMITS = [
  "target_scrape_pool_exceeded_target_limit",
  "target_scrape_pool_exceeded_label_limits",
  "target_scrapes_exceeded_body_size_limit",
  "target_scrapes_exceeded_sample_limit",
];

function scraping(context: RuleContext): AlertRule[] {
  const window = atLeast("5m", context);
  const long = atLeast("15m", context);
  return [
    settableAlert(context, {
      alert: "PrometheusScrapeLimitHit",
      severity: "warning",
      line: { for: "20m" },
      expr: () =>
        `${
          LIMITS.map((name) => `increase(prometheus_${name}_total{job="prometheus"}[${long}])`).join(" + ")
        } > 0`,
      summary: { fr: "Une cible dépasse une limite de lecture", en: "A target exceeds a limit of scraping" },
      description: () => ({
        fr: `${COUNT} lectures refusées en ${
          inWords(long).fr
        } : trop de cibles, d'étiquettes, d'octets ou de mesures. Une lecture refusée l'est en entier. Laquelle : deno task logs prometheus`,
        en: `${COUNT} scrapes refused in ${
          inWords(long).en
        }: too many targets, labels, bytes or samples. A scrape that is refused is lost whole. Which one: deno task logs prometheus`,
      }),
      dashboard: DASHBOARD,
    }),
    settableAlert(context, {
      alert: "PrometheusDuplicateTimestamps",
      severity: "warning",
      line: { for: "10m" },
      expr: () =>
        `increase(prometheus_target_scrapes_sample_duplicate_timestamp_total{job="prometheus"}[${window}]) > 0`,
      summary: {
        fr: "Prometheus reçoit deux valeurs pour un même instant",
        en: "Prometheus gets two values for one moment",
      },
      description: () => ({
        fr: `${COUNT} mesures refusées en ${
          inWords(window).fr
        } : deux cibles portent les mêmes étiquettes, ou un exporter expose une série deux fois.`,
        en: `${COUNT} samples refused in ${
          inWords(window).en
        }: two targets have the same labels, or an exporter exposes a series twice.`,
      }),
      dashboard: DASHBOARD,
    }),
    settableAlert(context, {
      alert: "PrometheusOutOfOrderTimestamps",
      severity: "warning",
      line: { for: "10m" },
      expr: () =>
        `increase(prometheus_target_scrapes_sample_out_of_order_total{job="prometheus"}[${window}]) > 0`,
      summary: {
        fr: "Prometheus reçoit des mesures plus anciennes que les précédentes",
        en: "Prometheus gets samples older than the ones before",
      },
      description: () => ({
        fr: `${COUNT} mesures refusées en ${
          inWords(window).fr
        } : une horloge a reculé, ou deux cibles portent les mêmes étiquettes.`,
        en: `${COUNT} samples refused in ${
          inWords(window).en
        }: a clock was set back, or two targets have the same labels.`,
      }),
      dashboard: DASHBOARD,
    }),
  ];
}
