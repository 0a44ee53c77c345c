/** What Alertmanager holds and tells. */

import type { GrafanaLinks } from "../../links.ts";
import { perMinute } from "../../promql.ts";
import type { Row } from "../dashboard.ts";

const metric = (name: string) => `alertmanager_${name}{job="alertmanager"}`;

/** Alertmanager's row. */
export function alertmanager({ lines }: GrafanaLinks): Row {
  return {
    title: { fr: "Alertmanager", en: "Alertmanager" },
    panels: [
      {
        kind: "graph",
        width: 8,
        title: { fr: "Alertes et silences", en: "Alerts and silences" },
        description: {
          fr: "Alertes qu'Alertmanager tient, selon qu'elles sont actives ou tues, et silences en vigueur.",
          en: "Alerts that Alertmanager holds, active or muted, and silences in force.",
        },
        unit: "count",
        queries: [
          { expr: `sum by (state) (${metric("alerts")})`, legend: "{{state}}" },
          {
            expr: `sum(alertmanager_silences{job="alertmanager",state="active"})`,
            legend: { fr: "silences", en: "silences" },
            color: "muted",
          },
        ],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Notifications", en: "Notifications" },
        description: {
          fr: "Notifications tentées et échouées par minute ; Alertmanager retente celles qui échouent.",
          en: "Notifications tried and failed per minute; Alertmanager tries failed ones again.",
        },
        unit: "count",
        queries: [
          {
            expr: `sum(${perMinute(metric("notifications_total"))})`,
            legend: { fr: "tentées", en: "tried" },
            color: "good",
          },
          {
            expr: `sum(${perMinute(metric("notifications_failed_total"))})`,
            legend: { fr: "échouées", en: "failed" },
            color: "critical",
          },
        ],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Échecs par sorte de destinataire", en: "Failures by kind of receiver" },
        description: {
          fr: "Part des notifications échouées ; la ligne est le seuil de l'alerte.",
          en: "Share of notifications that failed; the line is the alert's threshold.",
        },
        unit: "percent",
        limits: lines.AlertmanagerNotificationsFailing,
        absent: { fr: "aucune notification sur cette période", en: "no notification in this range" },
        queries: [{
          expr: `100 * integration:alertmanager_notifications_failed:ratio{job="alertmanager"} >= 0`,
          legend: "{{integration}}",
        }],
      },
    ],
  };
}
