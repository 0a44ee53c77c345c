import { alertmanagerRules } from "./alertmanager.ts";
import { type AlertCase, testRules } from "../testing/rule_cases.ts";

const failed = (integration: string, reason = "other") =>
  `alertmanager_notifications_failed_total{instance="alertmanager",integration="${integration}",job="alertmanager",reason="${reason}"}`;
const told = (integration: string) =>
  `alertmanager_notifications_total{instance="alertmanager",integration="${integration}",job="alertmanager"}`;
/** Of a hundred notifications by email this many fail, half of them for either of two reasons; after 10 minutes many more succeed. */
const byEmail = (perHundred: number) => ({
  [failed("email")]: `0+${perHundred / 2}x80`,
  [failed("email", "clientError")]: `0+${perHundred / 2}x80`,
  [told("email")]: "0+100x39 100000+100x40",
});
const SUMMARY = {
  fr: "Alertmanager n'arrive pas à prévenir par email",
  en: "Alertmanager cannot notify by email",
};
const WARNING = {
  severity: "warning",
  labels: { instance: "alertmanager", integration: "email", job: "alertmanager" },
  summary: SUMMARY,
  description: {
    fr:
      "2,0 % des notifications par email échouent (seuil : 1 % pendant 5 minutes). La cause est dans son journal : deno task logs alertmanager",
    en:
      "2.0% of the notifications by email fail (limit: 1% for 5 minutes). Its log says why: deno task logs alertmanager",
  },
} as const;

const CASES: readonly AlertCase[] = [
  {
    alert: "AlertmanagerReloadFailed",
    series: {
      'alertmanager_config_last_reload_successful{instance="alertmanager",job="alertmanager"}': "0x40 1x20",
    },
    moments: [{
      at: "5m",
      firing: [{
        severity: "critical",
        labels: { instance: "alertmanager", job: "alertmanager" },
        summary: { fr: "Alertmanager refuse sa configuration", en: "Alertmanager refuses its configuration" },
        description: {
          fr:
            "Il tourne encore avec l'ancienne et ne démarrerait plus. La cause est dans son journal : deno task logs alertmanager",
          en:
            "It still runs with the old one and would not start again. Its log says why: deno task logs alertmanager",
        },
      }],
    }, { at: "10m15s", firing: [] }],
    quiet: [{
      'alertmanager_config_last_reload_successful{instance="alertmanager",job="alertmanager"}': "1x60",
    }],
  },
  {
    alert: "AlertmanagerNotificationsFailing",
    // Another way works, a third one is not used.
    series: {
      ...byEmail(2),
      [failed("webhook")]: "0x140",
      [told("webhook")]: "0+1x140",
      [failed("slack")]: "0x140",
      [told("slack")]: "0x140",
    },
    moments: [{ at: "5m15s", firing: [WARNING] }, { at: "10m", firing: [] }],
    quiet: [
      byEmail(1),
      { ...byEmail(0), [failed("slack")]: "0x140", [told("slack")]: "0x140" },
    ],
  },
  {
    alert: "AlertmanagerNotificationsFailing",
    // It is the only way that is used.
    series: { ...byEmail(2), [failed("slack")]: "0x140", [told("slack")]: "0x140" },
    moments: [{
      at: "5m15s",
      firing: [{
        severity: "critical",
        labels: { instance: "alertmanager", integration: "email", job: "alertmanager" },
        summary: SUMMARY,
        description: {
          fr:
            "2,0 % des notifications par email échouent (seuil : 1 % pendant 5 minutes), et aucun autre moyen ne fonctionne mieux. La cause est dans son journal : deno task logs alertmanager",
          en:
            "2.0% of the notifications by email fail (limit: 1% for 5 minutes), and no other means works better. Its log says why: deno task logs alertmanager",
        },
      }, WARNING],
    }, { at: "10m", firing: [] }],
  },
];

testRules(alertmanagerRules, CASES);
