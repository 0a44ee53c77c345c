import { targetRules } from "./target.ts";
import { type AlertCase, testRules } from "../testing/rule_cases.ts";

const CASES: readonly AlertCase[] = [
  {
    alert: "TargetDown",
    series: { 'up{instance="10.0.0.7:8000",job="api",team="web"}': "0x20" },
    moments: [{
      at: "2m",
      firing: [{
        severity: "critical",
        labels: { instance: "10.0.0.7:8000", job: "api", team: "web" },
        summary: { fr: "10.0.0.7:8000 (api) ne répond plus", en: "10.0.0.7:8000 (api) does not answer" },
        description: {
          fr:
            "Prometheus n'arrive plus à lire les mesures de cette cible depuis 2 minutes : service arrêté, réseau coupé ou mauvaise adresse.",
          en:
            "Prometheus has not been able to read this target's metrics for 2 minutes: service stopped, network cut or wrong address.",
        },
      }],
    }],
    quiet: [
      { 'up{instance="10.0.0.7:8000",job="api",team="web"}': "1x20" },
      { 'up{instance="a",job="grafana"}': "0x20" },
      { 'up{instance="a",job="node"}': "0x20" },
      { 'up{instance="a",job="probe"}': "0x20" },
      { 'up{instance="a",job="webhook"}': "0x20" },
    ],
  },
];

testRules(targetRules, CASES);
