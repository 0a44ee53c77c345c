/** Alerts about backups: whether they are made, on time, and could be restored. */

import { type AlertRule, type RuleContext, type RuleFamily } from "./rule.ts";
import { SECONDS, settableAlert } from "./settable_alert.ts";
import { DURATION } from "./words.ts";

const DASHBOARD = { uid: "vigie-stack", variables: [] };

/** Data that would be lost with a disk. */
export const backupRules: RuleFamily = {
  name: "backup",
  needs: "backup",
  rules: (context) => [...making(context), ...checking(context)],
};

function making(context: RuleContext): AlertRule[] {
  return [
    settableAlert(context, {
      alert: "BackupDown",
      severity: "warning",
      line: { for: context.thresholds.targetDownFor },
      expr: () => 'up{job="backup"} == 0',
      summary: { fr: "Le service de sauvegarde ne répond plus", en: "The backup does not answer" },
      description: ({ since }) => ({
        fr: `Injoignable${since.fr} : plus rien n'est sauvegardé. Pourquoi : deno task doctor`,
        en: `Unreachable${since.en}: nothing is backed up any more. To find out why: deno task doctor`,
      }),
      dashboard: DASHBOARD,
    }),
    settableAlert(context, {
      alert: "BackupOverdue",
      severity: "critical",
      line: { threshold: 21_600 },
      unit: SECONDS,
      expr: (seconds) => `time() - vigie_backup_due_timestamp_seconds{job="backup"} > ${seconds}`,
      summary: { fr: "La sauvegarde est en retard", en: "The backup is overdue" },
      description: ({ limit }) => ({
        fr:
          `En retard de ${DURATION.fr} (${limit.fr}) : ce qui a été mesuré et noté depuis la dernière serait perdu. Pourquoi : deno task logs backup`,
        en:
          `Overdue by ${DURATION.en} (${limit.en}): what was measured and noted since the last one would be lost. To find out why: deno task logs backup`,
      }),
      dashboard: DASHBOARD,
    }),
    settableAlert(context, {
      alert: "BackupFailed",
      severity: "warning",
      line: { for: "15m" },
      expr: () => 'vigie_backup_last_run_successful{job="backup"} == 0',
      summary: { fr: "La dernière sauvegarde a échoué", en: "The last backup failed" },
      description: ({ since }) => ({
        fr:
          `En échec${since.fr} ; elle est réessayée d'elle-même. La cause est dans son journal : deno task logs backup`,
        en: `It has failed${since.en}, and is tried again by itself. Its log says why: deno task logs backup`,
      }),
      dashboard: DASHBOARD,
    }),
  ];
}

function checking(context: RuleContext): AlertRule[] {
  return [
    settableAlert(context, {
      alert: "BackupDamaged",
      severity: "critical",
      line: { for: "5m" },
      expr: () => 'vigie_backup_last_verify_successful{job="backup"} == 0',
      summary: { fr: "Le dépôt des sauvegardes est abîmé", en: "The repository of the backups is damaged" },
      description: () => ({
        fr:
          "Sa dernière vérification a échoué : certaines sauvegardes ne pourraient plus être restaurées. La cause est dans son journal : deno task logs backup",
        en:
          "Its last check failed: some backups could no longer be restored. Its log says why: deno task logs backup",
      }),
      dashboard: DASHBOARD,
    }),
    settableAlert(context, {
      alert: "BackupNotVerified",
      severity: "warning",
      line: { threshold: 1_814_400 },
      unit: SECONDS,
      expr: (seconds) => `time() - vigie_backup_last_verify_timestamp_seconds{job="backup"} > ${seconds}`,
      summary: {
        fr: "Les sauvegardes n'ont pas été vérifiées",
        en: "The backups have not been checked",
      },
      description: ({ limit }) => ({
        fr:
          `Dernière vérification il y a ${DURATION.fr} (${limit.fr}) : rien ne dit qu'elles peuvent être restaurées. Vérifier : deno task backup --verify`,
        en:
          `Last checked ${DURATION.en} ago (${limit.en}): nothing says that they can be restored. To check: deno task backup --verify`,
      }),
      dashboard: DASHBOARD,
    }),
  ];
}
