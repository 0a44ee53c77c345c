import { prometheusNotificationRules } from "./prometheus_notifications.ts";
import { type AlertCase, type Firing, testRules } from "../testing/rule_cases.ts";

const LABELS = { instance: "prometheus", job: "prometheus" };
const own = (name: string) => `prometheus_notifications_${name}{instance="prometheus",job="prometheus"}`;
const url = (host: string) => `http://${host}:9093/api/v2/alerts`;
const to = (host: string, name: string) =>
  `prometheus_notifications_${name}_total{alertmanager="${
    url(host)
  }",instance="prometheus",job="prometheus"}`;
/** Of a hundred alerts sent to an Alertmanager this many fail; after 20 minutes many more get through. */
const failing = (host: string, perHundred: number) => ({
  [to(host, "errors")]: `0+${perHundred}x120`,
  [to(host, "sent")]: "0+100x79 100000+100x40",
});

const warning = (host: string, percent: number): Firing => ({
  severity: "warning",
  labels: { ...LABELS, alertmanager: url(host) },
  summary: {
    fr: "Prometheus n'arrive pas à transmettre toutes ses alertes",
    en: "Prometheus cannot hand over all its alerts",
  },
  description: {
    fr: `${percent},0 % des envois à ${
      url(host)
    } échouent (seuil : 1 % pendant 15 minutes) : cet Alertmanager est surchargé, ou injoignable par moments.`,
    en: `${percent}.0% of what is sent to ${
      url(host)
    } fails (limit: 1% for 15 minutes): this Alertmanager is overloaded, or out of reach now and then.`,
  },
});
const CRITICAL: Firing = {
  severity: "critical",
  labels: LABELS,
  summary: {
    fr: "Prometheus n'arrive pas à transmettre ses alertes",
    en: "Prometheus cannot hand over its alerts",
  },
  description: {
    fr:
      "Au moins 4,0 % des envois à chaque Alertmanager échouent (seuil : 3 % pendant 5 minutes) : il est arrêté, surchargé ou injoignable.",
    en:
      "At least 4.0% of what is sent to each Alertmanager fails (limit: 3% for 5 minutes): it is stopped, overloaded or out of reach.",
  },
};

const CASES: readonly AlertCase[] = [
  {
    alert: "PrometheusNotConnectedToAlertmanager",
    series: { [own("alertmanagers_discovered")]: "0x40 1x20" },
    moments: [{
      at: "5m",
      firing: [{
        severity: "critical",
        labels: LABELS,
        summary: { fr: "Prometheus ne connaît aucun Alertmanager", en: "Prometheus knows no Alertmanager" },
        description: {
          fr: "Aucune alerte ne peut partir. Appliquez la configuration de nouveau : deno task up",
          en: "No alert can go out. Apply the configuration again: deno task up",
        },
      }],
    }, { at: "10m15s", firing: [] }],
    quiet: [{ [own("alertmanagers_discovered")]: "1x60" }],
  },
  {
    alert: "PrometheusNotificationsFailing",
    // Another Alertmanager takes them all.
    series: { ...failing("a", 4), ...failing("b", 0) },
    moments: [{ at: "15m15s", firing: [warning("a", 4)] }, { at: "20m", firing: [] }],
    quiet: [failing("a", 1), { [to("a", "errors")]: "0x120", [to("a", "sent")]: "0x120" }],
  },
  {
    alert: "PrometheusNotificationsFailing",
    series: { ...failing("a", 4), ...failing("b", 5) },
    moments: [
      { at: "5m15s", firing: [CRITICAL] },
      { at: "15m15s", firing: [warning("a", 4), warning("b", 5), CRITICAL] },
      { at: "20m", firing: [] },
    ],
    quiet: [{ ...failing("a", 1), ...failing("b", 1) }],
  },
  {
    alert: "PrometheusNotificationsFailing",
    // Too few to be critical.
    series: { ...failing("a", 2), ...failing("b", 2) },
    moments: [{ at: "15m15s", firing: [warning("a", 2), warning("b", 2)] }],
  },
  {
    alert: "PrometheusNotificationQueueFilling",
    series: { [own("queue_length")]: "2500x80 0x20", [own("queue_capacity")]: "10000x100" },
    moments: [{
      at: "15m",
      firing: [{
        severity: "warning",
        labels: LABELS,
        summary: { fr: "Les alertes s'accumulent dans Prometheus", en: "Alerts pile up in Prometheus" },
        description: {
          fr:
            "Leur file est pleine à 25,0 % (seuil : 20 % pendant 15 minutes) : Alertmanager les prend trop lentement. Pleine, elle perd les plus anciennes.",
          en:
            "Their queue is 25.0% full (limit: 20% for 15 minutes): Alertmanager takes them too slowly. Once it is full the oldest are lost.",
        },
      }],
    }, { at: "20m15s", firing: [] }],
    quiet: [{ [own("queue_length")]: "2000x100", [own("queue_capacity")]: "10000x100" }],
  },
];

testRules(prometheusNotificationRules, CASES);
