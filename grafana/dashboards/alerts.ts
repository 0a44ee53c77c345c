/** Alerts: what fires now, what fired when, and what fires most. */

import type { Text } from "../../lib/text.ts";
import type { GrafanaLinks } from "../links.ts";
import type { Limits, Panel, ValueName } from "../panel.ts";
import { SEVERITIES } from "../states.ts";
import { DASHBOARD_OF_ALERT, RUNBOOK_OF_ALERT, withPlaces } from "./alert_places.ts";
import type { Dashboard, Row, Variable } from "./dashboard.ts";

const CHOSEN = `severity=~"$severity",job=~"$job",instance=~"$instance"`;
const FIRING = `ALERTS{alertstate="firing",severity!="none",${CHOSEN}}`;
const NONE_FIRES = { fr: "aucune alerte en cours", en: "no alert fires" };
const NONE_FIRED = { fr: "aucune alerte sur cette période", en: "no alert in this range" };
// What an alert is about, beside its host.
const SUBJECT = ["device", "mountpoint", "name", "channel", "integration", "rule_group", "target"];
const STATES: readonly ValueName[] = [
  { value: 0, text: { fr: "en attente", en: "pending" }, color: "muted" },
  { value: 1, text: { fr: "info", en: "info" }, color: "info" },
  { value: 2, text: { fr: "avertissement", en: "warning" }, color: "warning" },
  { value: 3, text: { fr: "critique", en: "critical" }, color: "critical" },
];

/** The dashboard of alerts. */
export const alerts: Dashboard = {
  uid: "vigie-alerts",
  title: { fr: "Alertes", en: "Alerts" },
  description: {
    fr:
      "Les alertes en cours, leur historique, et celles qui reviennent le plus. Les silences sont dans Alertmanager.",
    en: "Alerts that fire, their history, and those that come most. Silences are in Alertmanager.",
  },
  variables: [
    variable("severity", { fr: "Gravité", en: "Severity" }),
    variable("job", { fr: "Tâche", en: "Job" }),
    variable("instance", { fr: "Hôte ou cible", en: "Host or target" }),
  ],
  alerts: CHOSEN,
  links: [{
    title: { fr: "Silences", en: "Silences" },
    to: "/alerting/silences?alertmanager=Alertmanager",
  }],
  rows: (links) => [now(links), history(), noisiest(links)],
};

function variable(name: string, label: Variable["label"]): Variable {
  // Whoever has no alert can be chosen, too: that there is none is an answer.
  const selector = name === "severity" ? `ALERTS{severity!="none"}` : `{__name__=~"up|ALERTS"}`;
  return { name, label, selector, of: name, all: true };
}

function now({ alerts }: GrafanaLinks): Row {
  const count = (severity: string, title: Text, limits: Limits): Panel => ({
    kind: "stat",
    width: 6,
    title,
    description: {
      fr: "Alertes en cours de cette gravité.",
      en: "Alerts of this severity that fire.",
    },
    unit: "count",
    limits,
    queries: [{
      expr: `count(ALERTS{alertstate="firing",severity="${severity}",${CHOSEN}}) or vector(0)`,
      legend: title,
    }],
  });
  const about = SUBJECT.map((label) => `, "${label}"`).join("");
  const since = `(time() - ALERTS_FOR_STATE{${CHOSEN}}) and ignoring (alertstate) ${FIRING}`;
  const described =
    `label_replace(label_join(${since}, "about", " "${about}), "about", "$1", "about", " *(.*?) *")`;
  return {
    panels: [
      count("critical", { fr: "Critiques", en: "Critical" }, { critical: 1 }),
      count("warning", { fr: "Avertissements", en: "Warnings" }, { warning: 1 }),
      count("info", { fr: "Informations", en: "Information" }, {}),
      {
        kind: "stat",
        width: 6,
        title: { fr: "La chaîne d'alerte", en: "The way of alerts" },
        description: {
          fr:
            "Si l'alerte Watchdog, qui doit toujours être active, l'est : sinon Prometheus ne range plus de mesures.",
          en:
            "Whether the alert Watchdog, which must always fire, does: if not, Prometheus stores no measurements.",
        },
        unit: "count",
        values: [
          { value: 1, text: { fr: "vivante", en: "alive" }, color: "good" },
          { value: 0, text: { fr: "coupée", en: "cut" }, color: "critical" },
        ],
        queries: [{
          expr: `count(ALERTS{alertname="Watchdog",alertstate="firing"}) > bool 0 or vector(0)`,
          legend: "Watchdog",
        }],
      },
      {
        kind: "table",
        height: 10,
        title: { fr: "Alertes en cours", en: "Alerts that fire" },
        description: {
          fr:
            "Chaque alerte en cours, depuis quand, le tableau de bord qui la montre et ce qu'il faut faire.",
          en: "Each alert that fires, since when, the dashboard that shows it and what to do.",
        },
        unit: "count",
        absent: NONE_FIRES,
        labels: [
          {
            label: "severity",
            title: { fr: "Gravité", en: "Severity" },
            values: SEVERITIES,
            widthPx: 120,
          },
          { label: "alertname", title: { fr: "Alerte", en: "Alert" } },
          { label: "instance", title: { fr: "Hôte ou cible", en: "Host or target" } },
          { label: "about", title: { fr: "À propos de", en: "About" } },
          {
            label: "dashboard",
            title: { fr: "Tableau de bord", en: "Dashboard" },
            links: [DASHBOARD_OF_ALERT],
            onlyLinks: true,
            widthPx: 130,
          },
          {
            label: "runbook",
            title: { fr: "Procédure", en: "Runbook" },
            links: [RUNBOOK_OF_ALERT],
            onlyLinks: true,
            widthPx: 130,
          },
        ],
        columns: [{
          expr: withPlaces(described, alerts),
          title: { fr: "Depuis", en: "For" },
          unit: "seconds",
          sorted: "smallest first",
        }],
      },
    ],
  };
}

function history(): Row {
  const of = (severity: string) => `ALERTS{alertstate="firing",severity="${severity}",${CHOSEN}}`;
  const state =
    `max by (alertname, instance) (0 * ALERTS{alertstate="pending",severity!="none",${CHOSEN}} or ` +
    `1 * ${of("info")} or 2 * ${of("warning")} or 3 * ${of("critical")})`;
  return {
    title: { fr: "Historique", en: "History" },
    panels: [
      {
        kind: "timeline",
        title: { fr: "Quand chaque alerte était en cours", en: "When each alert fired" },
        description: {
          fr: "En gris, la condition est remplie mais pas encore depuis assez longtemps.",
          en: "Grey: its condition holds, but not yet for long enough.",
        },
        unit: "count",
        values: STATES,
        absent: NONE_FIRED,
        queries: [{ expr: state, legend: "{{alertname}} {{instance}}" }],
      },
      {
        kind: "graph",
        width: 24,
        height: 7,
        title: { fr: "Alertes par gravité", en: "Alerts by severity" },
        description: { fr: "Nombre d'alertes en cours.", en: "Number of alerts that fire." },
        unit: "count",
        stacked: true,
        queries: SEVERITIES.map(({ value, text, color }) => ({
          expr: `count(${of(String(value))}) or vector(0)`,
          legend: text,
          color,
        })),
      },
    ],
  };
}

function noisiest({ alerts }: GrafanaLinks): Row {
  // One look a minute over the whole range: what fires for less may be missed, what fires longer is counted right.
  const seconds = (by: string) => `60 * sum by (${by}) (count_over_time(${FIRING}[$__range:1m]))`;
  const starts =
    `sum by (alertname, severity) (count_over_time((${FIRING} unless ${FIRING} offset 1m)[$__range:1m]))`;
  return {
    title: { fr: "Les plus bruyantes", en: "The noisiest" },
    panels: [
      {
        kind: "table",
        width: 12,
        title: { fr: "Alertes les plus bruyantes", en: "Noisiest alerts" },
        description: {
          fr:
            "Combien de fois chaque alerte a commencé sur la période affichée, et combien de temps elle a duré, tous hôtes ensemble. " +
            "Ce qui revient souvent sans que personne n'agisse a un mauvais seuil.",
          en:
            "How often each alert began in the range shown, and for how long it fired, all hosts together. What comes " +
            "often without anybody acting has a wrong threshold.",
        },
        unit: "count",
        absent: NONE_FIRED,
        labels: [
          { label: "severity", title: { fr: "Gravité", en: "Severity" }, values: SEVERITIES, widthPx: 120 },
          { label: "alertname", title: { fr: "Alerte", en: "Alert" } },
          {
            label: "runbook",
            title: { fr: "Procédure", en: "Runbook" },
            links: [RUNBOOK_OF_ALERT],
            onlyLinks: true,
            widthPx: 130,
          },
        ],
        columns: [
          {
            expr: withPlaces(starts, alerts),
            title: { fr: "Débuts", en: "Times" },
            unit: "count",
            decimals: 0,
            sorted: "largest first",
          },
          {
            expr: withPlaces(seconds("alertname, severity"), alerts),
            title: { fr: "Durée", en: "Time" },
            unit: "seconds",
          },
        ],
      },
      {
        kind: "bars",
        width: 12,
        title: { fr: "Hôtes et cibles les plus touchés", en: "Hosts and targets most concerned" },
        description: {
          fr: "Durée de toutes les alertes de chacun sur la période affichée, additionnées.",
          en: "Time of all alerts of each in the range shown, added up.",
        },
        unit: "seconds",
        absent: NONE_FIRED,
        queries: [{ expr: `topk(10, ${seconds("instance")})`, legend: "{{instance}}" }],
      },
    ],
  };
}
