/** The stack itself: what it scrapes, stores, evaluates and sends, and what that costs. */

import type { Panel } from "../../panel.ts";
import { LOADED } from "../../states.ts";
import type { Dashboard, Row } from "../dashboard.ts";
import { alertmanager } from "./alertmanager.ts";
import { failures, prometheus, STORAGE_BYTES } from "./prometheus.ts";
import { grafana, services } from "./services.ts";
import { targets, targetTable } from "./targets.ts";

/** The stack's own dashboard. */
export const stack: Dashboard = {
  uid: "vigie-stack",
  title: { fr: "La supervision elle-même", en: "The stack itself" },
  description: {
    fr: "Ce que la supervision mesure, conserve, évalue et envoie, et ce que cela coûte.",
    en: "What the stack measures, keeps, evaluates and sends, and what that costs.",
  },
  variables: [],
  alerts: "",
  links: [{ title: { fr: "Livraisons du webhook", en: "The webhook's deliveries" }, to: "/d/vigie-webhook" }],
  rows: (links) => [
    overview(),
    targets(links),
    prometheus(links),
    alertmanager(links),
    ...(links.services.has("grafana") ? [grafana(links)] : []),
    services(links),
    failures(),
  ],
};

function overview(): Row {
  const panels: Panel[] = [
    {
      kind: "stat",
      title: { fr: "Cibles joignables", en: "Targets up" },
      description: {
        fr: "Cibles dont la dernière mesure a réussi.",
        en: "Targets whose last scrape succeeded.",
      },
      unit: "count",
      queries: [{ expr: "sum(up)", legend: { fr: "joignables", en: "up" } }],
    },
    {
      kind: "stat",
      title: { fr: "Cibles injoignables", en: "Targets down" },
      description: {
        fr: "Cibles dont la dernière mesure a échoué : elles sont en tête du tableau.",
        en: "Targets whose last scrape failed: they head the table.",
      },
      unit: "count",
      limits: { critical: 1 },
      queries: [{ expr: "count(up) - sum(up)", legend: { fr: "injoignables", en: "down" } }],
    },
    {
      kind: "stat",
      title: { fr: "Alertes en cours", en: "Alerts firing" },
      description: {
        fr: "Alertes en cours, sans celle qui l'est en permanence pour prouver que la chaîne fonctionne.",
        en: "Alerts that fire, without the one that always does to prove that the chain works.",
      },
      unit: "count",
      limits: { warning: 1 },
      links: [{ title: { fr: "Alertes", en: "Alerts" }, to: "/d/vigie-alerts" }],
      queries: [{
        expr: `count(ALERTS{alertstate="firing",severity!="none"}) or vector(0)`,
        legend: { fr: "en cours", en: "firing" },
      }],
    },
    {
      kind: "stat",
      title: { fr: "Configuration", en: "Configuration" },
      description: {
        fr: "Si Prometheus, Alertmanager et le webhook ont tous accepté leur dernière configuration.",
        en: "Whether Prometheus, Alertmanager and the webhook have all accepted their last configuration.",
      },
      unit: "count",
      values: LOADED,
      queries: [{
        expr: `min({__name__=~"prometheus_config_last_reload_successful|` +
          `alertmanager_config_last_reload_successful|vigie_webhook_config_last_reload_successful"})`,
        legend: { fr: "configuration", en: "configuration" },
      }],
    },
    {
      kind: "stat",
      title: { fr: "Échantillons par seconde", en: "Samples per second" },
      description: { fr: "Valeurs que Prometheus enregistre.", en: "Values that Prometheus stores." },
      unit: "perSecond",
      queries: [{
        expr: `sum(rate(prometheus_tsdb_head_samples_appended_total{job="prometheus"}[$__rate_interval]))`,
        legend: { fr: "échantillons", en: "samples" },
      }],
    },
    {
      kind: "stat",
      title: { fr: "Taille de la base", en: "Database size" },
      description: {
        fr: "Disque que les mesures de Prometheus occupent.",
        en: "Disk that Prometheus's measurements take.",
      },
      unit: "bytes",
      queries: [{ expr: STORAGE_BYTES, legend: { fr: "taille", en: "size" } }],
    },
    targetTable(),
  ];
  return { panels };
}
