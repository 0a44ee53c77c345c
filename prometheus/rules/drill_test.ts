import { drillRules } from "./drill.ts";
import { type AlertCase, testRules } from "../testing/rule_cases.ts";

const CASES: readonly AlertCase[] = [
  {
    alert: "VigieDrill",
    series: { 'vigie_drill_active{drill="a1",instance="webhook",job="webhook"}': "1x4 0x20" },
    moments: [{
      at: "0s",
      firing: [{
        severity: "info",
        labels: { drill: "a1", instance: "webhook", job: "webhook" },
        summary: { fr: "Exercice a1 : tout va bien", en: "Drill a1: all is well" },
        description: {
          fr: "Alerte d'essai lancée pour vérifier que les alertes arrivent. Il n'y a rien à faire.",
          en: "Test alert, sent to prove that alerts arrive. There is nothing to do.",
        },
      }],
    }, { at: "1m15s", firing: [] }],
    quiet: [{ 'vigie_drill_active{drill="a1",instance="webhook",job="webhook"}': "0x4" }],
  },
];

testRules(drillRules, CASES);
