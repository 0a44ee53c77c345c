import { prometheusRules } from "./prometheus.ts";
import { type AlertCase, testRules } from "../testing/rule_cases.ts";

const LABELS = { instance: "prometheus", job: "prometheus" };
const own = (name: string, labels = "") =>
  `prometheus_${name}{instance="prometheus",job="prometheus"${labels}}`;
const GROUP = "/etc/prometheus/rules/host.yml;host";
const ofGroup = (name: string) => own(name, `,rule_group="${GROUP}"`);

const CASES: readonly AlertCase[] = [
  {
    alert: "PrometheusReloadFailed",
    series: { [own("config_last_reload_successful")]: "0x40 1x20" },
    moments: [{
      at: "5m",
      firing: [{
        severity: "critical",
        labels: LABELS,
        summary: { fr: "Prometheus refuse sa configuration", en: "Prometheus refuses its configuration" },
        description: {
          fr:
            "Il tourne encore avec l'ancienne et ne démarrerait plus. La cause est dans son journal : deno task logs prometheus",
          en:
            "It still runs with the old one and would not start again. Its log says why: deno task logs prometheus",
        },
      }],
    }, { at: "10m15s", firing: [] }],
    quiet: [{ [own("config_last_reload_successful")]: "1x60" }],
  },
  {
    alert: "PrometheusDiscoveryFailing",
    // Once every five minutes, as files are read, for half an hour.
    series: { [own("sd_file_read_errors_total")]: "0x19 1x19 2x19 3x19 4x19 5x19 6x100" },
    moments: [{
      at: "25m",
      firing: [{
        severity: "warning",
        labels: LABELS,
        summary: {
          fr: "Prometheus n'arrive pas à lire un fichier de cibles",
          en: "Prometheus cannot read a file of targets",
        },
        description: {
          fr:
            "Il garde les cibles qu'il connaissait ; les nouvelles ne sont pas surveillées. Quel fichier : deno task logs prometheus",
          en:
            "It keeps the targets that it knew; new ones are not watched. Which file it is: deno task logs prometheus",
        },
      }],
    }, { at: "44m45s", firing: [] }],
    // A file that was being written.
    quiet: [{ [own("sd_file_read_errors_total")]: "0x19 1x200" }],
  },
  {
    alert: "PrometheusTargetSyncFailed",
    series: { [own("target_sync_failed_total", ',scrape_job="api"')]: "0x3 1x150" },
    moments: [{
      at: "6m",
      firing: [{
        severity: "critical",
        labels: { ...LABELS, scrape_job: "api" },
        summary: { fr: "Prometheus refuse des cibles de api", en: "Prometheus refuses targets of api" },
        description: {
          fr:
            "Une adresse ou une étiquette n'y est pas valable : ces cibles ne sont pas lues, et aucune alerte ne les dit absentes. Laquelle : deno task logs prometheus",
          en:
            "An address or a label in it is not valid: these targets are not scraped, and no alert calls them absent. Which one: deno task logs prometheus",
        },
      }],
    }, { at: "30m45s", firing: [] }],
    quiet: [{ [own("target_sync_failed_total", ',scrape_job="api"')]: "1x150" }],
  },
  {
    alert: "PrometheusRuleFailures",
    series: { [ofGroup("rule_evaluation_failures_total")]: "0+1x60 60x40" },
    moments: [{
      at: "10m15s",
      firing: [{
        severity: "critical",
        labels: { ...LABELS, rule_group: GROUP },
        summary: { fr: "Des règles de Prometheus échouent", en: "Rules of Prometheus fail" },
        description: {
          fr:
            "Les règles du groupe /etc/prometheus/rules/host.yml;host ne s'évaluent plus : leurs alertes ne partiront pas. La cause est dans le journal : deno task logs prometheus",
          en:
            "Rules of the group /etc/prometheus/rules/host.yml;host cannot be evaluated: their alerts will not go out. The log says why: deno task logs prometheus",
        },
      }],
    }, { at: "19m45s", firing: [] }],
    quiet: [
      { [ofGroup("rule_evaluation_failures_total")]: "5x100" },
      // It failed for a moment.
      { [ofGroup("rule_evaluation_failures_total")]: "0x3 5x100" },
    ],
  },
  {
    alert: "PrometheusRuleGroupSlow",
    series: {
      [ofGroup("rule_group_last_duration_seconds")]: "18x80 15x20",
      [ofGroup("rule_group_interval_seconds")]: "15x100",
    },
    moments: [{
      at: "15m",
      firing: [{
        severity: "warning",
        labels: { ...LABELS, rule_group: GROUP },
        summary: { fr: "Des règles de Prometheus sont trop lentes", en: "Rules of Prometheus are too slow" },
        description: {
          fr:
            "Le groupe /etc/prometheus/rules/host.yml;host prend 120,0 % du temps dont il dispose (seuil : 100 % pendant 15 minutes) : des évaluations sautent, ses alertes viennent en retard.",
          en:
            "The group /etc/prometheus/rules/host.yml;host takes 120.0% of the time that it is given (limit: 100% for 15 minutes): evaluations are skipped, its alerts come late.",
        },
      }],
    }, { at: "20m15s", firing: [] }],
    quiet: [{
      [ofGroup("rule_group_last_duration_seconds")]: "15x100",
      [ofGroup("rule_group_interval_seconds")]: "15x100",
    }],
  },
  {
    alert: "PrometheusRuleEvaluationsMissed",
    series: {
      [ofGroup("rule_group_iterations_missed_total")]: "0+1x80 80x30",
      // In the end the group itself is too slow: then that is told.
      [ofGroup("rule_group_last_duration_seconds")]: "1x70 16x40",
      [ofGroup("rule_group_interval_seconds")]: "15x110",
    },
    moments: [{
      at: "15m15s",
      firing: [{
        severity: "warning",
        labels: { ...LABELS, rule_group: GROUP },
        summary: {
          fr: "Prometheus saute des évaluations de règles",
          en: "Prometheus skips evaluations of rules",
        },
        description: {
          fr:
            "20 évaluations du groupe /etc/prometheus/rules/host.yml;host ont sauté en 5 minutes : la machine de Prometheus est trop chargée, ou elle s'arrête par moments.",
          en:
            "20 evaluations of the group /etc/prometheus/rules/host.yml;host were skipped in 5 minutes: Prometheus's host is overloaded, or stops now and then.",
        },
      }],
    }, { at: "17m45s", firing: [] }],
    quiet: [{
      // A laptop that slept.
      [ofGroup("rule_group_iterations_missed_total")]: "0x3 200x100",
      [ofGroup("rule_group_last_duration_seconds")]: "1x100",
      [ofGroup("rule_group_interval_seconds")]: "15x100",
    }],
  },
  {
    alert: "PrometheusTemplatesFailing",
    series: { [own("template_text_expansion_failures_total")]: "0x3 1x100" },
    moments: [{
      at: "1m",
      firing: [{
        severity: "warning",
        labels: LABELS,
        summary: { fr: "Le texte d'une alerte est cassé", en: "The text of an alert is broken" },
        description: {
          fr:
            "L'alerte part, mais un message d'erreur remplace ce qu'elle devait dire. Laquelle : deno task logs prometheus",
          en:
            "The alert goes out, but an error stands where its text should be. Which one: deno task logs prometheus",
        },
      }],
    }, { at: "15m45s", firing: [] }],
    quiet: [{ [own("template_text_expansion_failures_total")]: "1x100" }],
  },
  {
    alert: "PrometheusQueryLoadHigh",
    series: {
      [own("engine_queries")]: "18x80 0x20",
      [own("engine_queries_concurrent_max")]: "20x80 200x20",
    },
    moments: [{
      at: "15m",
      firing: [{
        severity: "warning",
        labels: LABELS,
        summary: { fr: "Prometheus ne suit plus les requêtes", en: "Prometheus cannot keep up with queries" },
        description: {
          fr:
            "90,0 % des requêtes qu'il peut traiter à la fois sont en cours (seuil : 80 % pendant 15 minutes). Au-delà, tableaux de bord et règles attendent : cherchez le tableau de bord qui en demande trop.",
          en:
            "90.0% of the queries that it can run at once are running (limit: 80% for 15 minutes). Beyond that dashboards and rules wait: look for the dashboard that asks too much.",
        },
      }],
    }, { at: "20m15s", firing: [] }],
    quiet: [{
      [own("engine_queries")]: "16x100",
      [own("engine_queries_concurrent_max")]: "20x100",
    }],
  },
  {
    alert: "PrometheusScrapeLimitHit",
    series: {
      // Nine within each window, so that the number stands still.
      [own("target_scrapes_exceeded_sample_limit_total")]: "0x58 9x58 18x58 27x100",
      [own("target_scrapes_exceeded_body_size_limit_total")]: "0x300",
      [own("target_scrape_pool_exceeded_target_limit_total")]: "0x300",
      [own("target_scrape_pool_exceeded_label_limits_total")]: "0x300",
    },
    moments: [{
      at: "34m45s",
      firing: [{
        severity: "warning",
        labels: LABELS,
        summary: {
          fr: "Une cible dépasse une limite de lecture",
          en: "A target exceeds a limit of scraping",
        },
        description: {
          fr:
            "9 lectures refusées en 15 minutes : trop de cibles, d'étiquettes, d'octets ou de mesures. Une lecture refusée l'est en entier. Laquelle : deno task logs prometheus",
          en:
            "9 scrapes refused in 15 minutes: too many targets, labels, bytes or samples. A scrape that is refused is lost whole. Which one: deno task logs prometheus",
        },
      }],
    }, { at: "59m", firing: [] }],
    quiet: [{
      // A single one.
      [own("target_scrapes_exceeded_sample_limit_total")]: "0x3 1x160",
      [own("target_scrapes_exceeded_body_size_limit_total")]: "0x160",
      [own("target_scrape_pool_exceeded_target_limit_total")]: "0x160",
      [own("target_scrape_pool_exceeded_label_limits_total")]: "0x160",
    }],
  },
  {
    alert: "PrometheusDuplicateTimestamps",
    series: { [own("target_scrapes_sample_duplicate_timestamp_total")]: "0x18 9x18 18x18 27x18 36x40" },
    moments: [{
      at: "14m45s",
      firing: [{
        severity: "warning",
        labels: LABELS,
        summary: {
          fr: "Prometheus reçoit deux valeurs pour un même instant",
          en: "Prometheus gets two values for one moment",
        },
        description: {
          fr:
            "9 mesures refusées en 5 minutes : deux cibles portent les mêmes étiquettes, ou un exporter expose une série deux fois.",
          en:
            "9 samples refused in 5 minutes: two targets have the same labels, or an exporter exposes a series twice.",
        },
      }],
    }, { at: "23m45s", firing: [] }],
    quiet: [{ [own("target_scrapes_sample_duplicate_timestamp_total")]: "0x3 9x100" }],
  },
  {
    alert: "PrometheusOutOfOrderTimestamps",
    series: { [own("target_scrapes_sample_out_of_order_total")]: "0x18 9x18 18x18 27x18 36x40" },
    moments: [{
      at: "14m45s",
      firing: [{
        severity: "warning",
        labels: LABELS,
        summary: {
          fr: "Prometheus reçoit des mesures plus anciennes que les précédentes",
          en: "Prometheus gets samples older than the ones before",
        },
        description: {
          fr:
            "9 mesures refusées en 5 minutes : une horloge a reculé, ou deux cibles portent les mêmes étiquettes.",
          en: "9 samples refused in 5 minutes: a clock was set back, or two targets have the same labels.",
        },
      }],
    }, { at: "23m45s", firing: [] }],
    quiet: [{ [own("target_scrapes_sample_out_of_order_total")]: "0x3 9x100" }],
  },
];

testRules(prometheusRules, CASES);
