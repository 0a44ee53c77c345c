import { grafanaRules } from "./grafana.ts";
import { type AlertCase, testRules } from "../testing/rule_cases.ts";

const answers = (code: number, handler = "/api/ds/query/") =>
  `grafana_http_request_duration_seconds_count{handler="${handler}",instance="grafana",job="grafana",method="POST",status_code="${code}"}`;

const CASES: readonly AlertCase[] = [
  {
    alert: "GrafanaDown",
    series: { 'up{instance="grafana",job="grafana"}': "0x20 1x20" },
    moments: [{
      at: "2m",
      firing: [{
        severity: "warning",
        labels: { instance: "grafana", job: "grafana" },
        summary: { fr: "Grafana ne répond plus", en: "Grafana does not answer" },
        description: {
          fr:
            "Injoignable depuis 2 minutes : les tableaux de bord ne s'affichent plus ; les alertes, elles, fonctionnent. Pourquoi : deno task doctor",
          en:
            "Unreachable for 2 minutes: dashboards do not show; alerts still work. To find out why: deno task doctor",
        },
      }],
    }, { at: "5m15s", firing: [] }],
    quiet: [{ 'up{instance="grafana",job="grafana"}': "1x20" }],
  },
  {
    alert: "GrafanaErrors",
    series: {
      [answers(500)]: "0+2x100",
      [answers(502)]: "0+1x100",
      // In the end many go well.
      [answers(200)]: "0+1x39 1000+1x60",
      // What asks only whether it is ready goes well, and hides nothing.
      [answers(200, "/api/health")]: "0+100x100",
    },
    moments: [{
      at: "5m15s",
      firing: [{
        severity: "warning",
        labels: { handler: "/api/ds/query/", instance: "grafana", job: "grafana" },
        summary: { fr: "Grafana répond par des erreurs", en: "Grafana answers with errors" },
        description: {
          fr:
            "75,0 % des réponses à /api/ds/query/ sont des erreurs 5xx (seuil : 50 % pendant 5 minutes). La cause est dans son journal : deno task logs grafana",
          en:
            "75.0% of the answers to /api/ds/query/ are 5xx errors (limit: 50% for 5 minutes). Its log says why: deno task logs grafana",
        },
      }],
    }, { at: "10m", firing: [] }],
    quiet: [
      { [answers(500)]: "0+1x100", [answers(200)]: "0+1x100" },
      { [answers(404)]: "0+9x100", [answers(200)]: "0+1x100" },
      // One that nobody asks.
      { [answers(500)]: "7x100", [answers(200)]: "7x100" },
    ],
  },
];

testRules(grafanaRules, CASES);
