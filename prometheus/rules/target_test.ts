import assert from "node:assert/strict";
import { isAlert } from "./rule.ts";
import { targetRules } from "./target.ts";
import { type AlertCase, CONTEXT, testRules } from "../testing/rule_cases.ts";

const API = 'up{instance="10.0.0.7:8000",job="api",team="web"}';
const EVERY_JOB = {
  'up{instance="prometheus",job="prometheus"}': "1x200",
  'up{instance="alertmanager",job="alertmanager"}': "1x200",
  'up{instance="webhook",job="webhook"}': "1x200",
  'up{instance="blackbox",job="blackbox"}': "1x200",
  'up{instance="web-1",job="node"}': "1x200",
};

const CASES: readonly AlertCase[] = [
  {
    alert: "TargetDown",
    series: { [API]: "0x20 1x20" },
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
    }, { at: "5m15s", firing: [] }],
    quiet: [
      { [API]: "1x40" },
      // One answer in two minutes is enough.
      { [API]: "0x6 1 0x6 1 0x6 1 0x6" },
      { 'up{instance="a",job="grafana"}': "0x40" },
      { 'up{instance="a",job="node"}': "0x40" },
      { 'up{instance="a",job="probe"}': "0x40" },
      { 'up{instance="a",job="webhook"}': "0x40" },
    ],
  },
  {
    alert: "JobTargetsDown",
    // One of five is down for good, until six more are added.
    series: {
      'up{instance="a",job="api"}': "0x140",
      'up{instance="b",job="api"}': "1x140",
      'up{instance="c",job="api"}': "1x140",
      'up{instance="d",job="api"}': "1x140",
      'up{instance="e",job="api"}': "1x140",
      ...Object.fromEntries([..."fghijk"].map((name) => [`up{instance="${name}",job="api"}`, "_x60 1x80"])),
    },
    moments: [{
      at: "10m",
      firing: [{
        severity: "warning",
        labels: { job: "api" },
        summary: { fr: "Des cibles de api répondent mal", en: "Targets of api answer badly" },
        description: {
          fr:
            "20,0 % des lectures de ce job échouent (seuil : 10 % pendant 10 minutes) : plusieurs cibles sont arrêtées, ou ne répondent que par moments.",
          en:
            "20.0% of this job's scrapes fail (limit: 10% for 10 minutes): several targets are down, or answer only now and then.",
        },
      }],
    }, { at: "15m", firing: [] }],
    quiet: [
      // One scrape in ten is no more than the line.
      { 'up{instance="a",job="api"}': "1x8 0 1x8 0 1x8 0 1x8 0 1x8 0 1x8 0 1x8 0 1x8 0 1x8 0 1x8 0 1x8" },
      // That the blackbox exporter does not answer is told by TargetDown, once.
      { 'up{instance="a",job="probe"}': "0x140" },
    ],
  },
  {
    alert: "JobTargetsDown",
    // Its only target answers every other time: TargetDown never fires.
    series: { 'up{instance="a",job="api"}': `${"0 1 ".repeat(50)}1x60` },
    moments: [{
      at: "10m",
      firing: [{
        severity: "warning",
        labels: { job: "api" },
        summary: { fr: "Des cibles de api répondent mal", en: "Targets of api answer badly" },
        description: {
          fr:
            "50,0 % des lectures de ce job échouent (seuil : 10 % pendant 10 minutes) : plusieurs cibles sont arrêtées, ou ne répondent que par moments.",
          en:
            "50.0% of this job's scrapes fail (limit: 10% for 10 minutes): several targets are down, or answer only now and then.",
        },
      }],
    }],
  },
  {
    alert: "JobAbsent",
    series: { ...EVERY_JOB, [API]: "_x60 1x60" },
    moments: [{
      at: "10m",
      firing: [{
        severity: "critical",
        labels: { job: "api" },
        summary: { fr: "Le job api n'a plus aucune cible", en: "The job api has no target at all" },
        description: {
          fr:
            "Prometheus ne trouve rien à y lire depuis 10 minutes : fichier de cibles vide ou absent, ou configuration plus ancienne que config.ts. Ses autres alertes se taisent.",
          en:
            "Prometheus has found nothing to scrape in it for 10 minutes: a file of targets is empty or missing, or the configuration is older than config.ts. Its other alerts are silent.",
        },
      }],
    }, { at: "15m", firing: [] }],
    quiet: [
      { ...EVERY_JOB, [API]: "0x120" },
      // While nothing at all comes in, that is told once, by PrometheusNotIngestingSamples.
      {},
    ],
  },
];

testRules(targetRules, CASES);

Deno.test("targetRules have no JobAbsent where Prometheus is alone", () => {
  const alerts = targetRules.rules({ ...CONTEXT, jobs: ["prometheus"] }).filter(isAlert);
  assert.deepEqual(alerts.map(({ alert }) => alert), ["TargetDown", "JobTargetsDown"]);
});
