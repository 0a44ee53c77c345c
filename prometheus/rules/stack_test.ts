import { stackRules } from "./stack.ts";
import { type AlertCase, testRules } from "../testing/rule_cases.ts";

const CASES: readonly AlertCase[] = [
  {
    alert: "Watchdog",
    series: { 'process_start_time_seconds{instance="prometheus",job="prometheus"}': "1x4 _x20" },
    moments: [{
      at: "0s",
      firing: [{
        severity: "none",
        labels: {},
        summary: { fr: "Les mesures arrivent", en: "Measurements arrive" },
        description: {
          fr:
            "Toujours active tant que Prometheus lit et range des mesures. C'est son absence qui est une panne : un service extérieur peut l'attendre.",
          en:
            "Always active as long as Prometheus reads and stores measurements. Its absence is the fault: an outside service can wait for it.",
        },
      }],
    }, { at: "2m", firing: [] }],
    // What another service says does not prove that Prometheus reads itself.
    quiet: [{ 'process_start_time_seconds{instance="webhook",job="webhook"}': "1x20" }],
  },
  {
    alert: "ServiceCrashLooping",
    series: {
      'process_start_time_seconds{instance="webhook",job="webhook"}': "10x3 20x3 30x3 40x3 50x3 60x100",
    },
    moments: [{
      at: "5m",
      firing: [{
        severity: "critical",
        labels: { instance: "webhook", job: "webhook" },
        summary: { fr: "webhook redémarre sans cesse", en: "webhook starts over and over" },
        description: {
          fr:
            "5 redémarrages en 10 minutes (seuil : 4). La cause est dans son journal : deno task logs webhook",
          en: "5 restarts in 10 minutes (limit: 4). Its log says why: deno task logs webhook",
        },
      }],
    }, { at: "10m45s", firing: [] }],
    quiet: [
      { 'process_start_time_seconds{instance="webhook",job="webhook"}': "10x3 20x3 30x3 40x3 50x100" },
      // A host that is started again takes its exporter along.
      { 'process_start_time_seconds{instance="a",job="node"}': "10x3 20x3 30x3 40x3 50x3 60x100" },
    ],
  },
];

testRules(stackRules, CASES);
