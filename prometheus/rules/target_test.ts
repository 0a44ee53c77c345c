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
    series: {
      'up{instance="a",job="api"}': "0x60 1x20",
      'up{instance="b",job="api"}': "1x80",
      'up{instance="c",job="api"}': "1x80",
      'up{instance="d",job="api"}': "1x80",
      'up{instance="e",job="api"}': "1x80",
    },
    moments: [{
      at: "10m",
      firing: [{
        severity: "warning",
        labels: { job: "api" },
        summary: { fr: "Une partie du job api ne répond plus", en: "A part of the job api does not answer" },
        description: {
          fr:
            "20,0 % des cibles de ce job sont injoignables (seuil : 10 % pendant 10 minutes) : cherchez ce qu'elles ont en commun, un réseau ou une mise à jour.",
          en:
            "20.0% of this job's targets cannot be reached (limit: 10% for 10 minutes): look for what they have in common, a network or an update.",
        },
      }],
    }, { at: "15m15s", firing: [] }],
    quiet: [
      // One of ten.
      Object.fromEntries([..."abcdefghij"].map((name) => [
        `up{instance="${name}",job="api"}`,
        name === "a" ? "0x80" : "1x80",
      ])),
      { 'up{instance="a",job="probe"}': "0x80" },
    ],
  },
  {
    alert: "TargetFlapping",
    series: { [API]: "1x4 0 1x4 0 1x4 0 1x100" },
    moments: [{
      at: "9m15s",
      firing: [{
        severity: "warning",
        labels: { instance: "10.0.0.7:8000", job: "api", team: "web" },
        summary: {
          fr: "10.0.0.7:8000 (api) ne répond que par moments",
          en: "10.0.0.7:8000 (api) answers only now and then",
        },
        description: {
          fr:
            "Devenue joignable ou injoignable 6 fois en 15 minutes (seuil : 4 pendant 5 minutes) : réseau instable, cible surchargée ou qui redémarre.",
          en:
            "It went between reachable and unreachable 6 times in 15 minutes (limit: 4 for 5 minutes): network unsteady, target overloaded or starting over and over.",
        },
      }],
    }, {
      at: "16m",
      firing: [{
        severity: "warning",
        labels: { instance: "10.0.0.7:8000", job: "api", team: "web" },
        summary: {
          fr: "10.0.0.7:8000 (api) ne répond que par moments",
          en: "10.0.0.7:8000 (api) answers only now and then",
        },
        description: {
          fr:
            "Devenue joignable ou injoignable 5 fois en 15 minutes (seuil : 4 pendant 5 minutes) : réseau instable, cible surchargée ou qui redémarre.",
          en:
            "It went between reachable and unreachable 5 times in 15 minutes (limit: 4 for 5 minutes): network unsteady, target overloaded or starting over and over.",
        },
      }],
    }, { at: "16m15s", firing: [] }],
    quiet: [
      { [API]: "1x4 0 1x4 0 1x100" },
      // Down for good.
      { [API]: "1x4 0x100" },
      { 'up{instance="a",job="probe"}': "1x4 0 1x4 0 1x4 0 1x100" },
    ],
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
  assert.deepEqual(alerts.map(({ alert }) => alert), ["TargetDown", "JobTargetsDown", "TargetFlapping"]);
});
