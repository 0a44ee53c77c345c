import { backupRules } from "./backup.ts";
import { type AlertCase, testRules } from "../testing/rule_cases.ts";

const OWN = 'instance="backup",job="backup"';
const labels = { instance: "backup", job: "backup" };

const CASES: readonly AlertCase[] = [
  {
    alert: "BackupDown",
    series: { [`up{${OWN}}`]: "0x20 1x20" },
    moments: [{
      at: "2m",
      firing: [{
        severity: "warning",
        labels,
        summary: { fr: "Le service de sauvegarde ne répond plus", en: "The backup does not answer" },
        description: {
          fr: "Injoignable depuis 2 minutes : plus rien n'est sauvegardé. Pourquoi : deno task doctor",
          en: "Unreachable for 2 minutes: nothing is backed up any more. To find out why: deno task doctor",
        },
      }],
    }, { at: "5m15s", firing: [] }],
    quiet: [{ [`up{${OWN}}`]: "1x20" }],
  },
  {
    alert: "BackupOverdue",
    // Due at the beginning, made just after it was late.
    series: { [`vigie_backup_due_timestamp_seconds{${OWN}}`]: "0x1441 86400x100" },
    moments: [{
      at: "6h15s",
      firing: [{
        severity: "critical",
        labels,
        summary: { fr: "La sauvegarde est en retard", en: "The backup is overdue" },
        description: {
          fr:
            "En retard de 6h 0m 15s (seuil : 6 heures) : ce qui a été mesuré et noté depuis la dernière serait perdu. Pourquoi : deno task logs backup",
          en:
            "Overdue by 6h 0m 15s (limit: 6 hours): what was measured and noted since the last one would be lost. To find out why: deno task logs backup",
        },
      }],
    }, { at: "6h30s", firing: [] }],
    quiet: [
      // Less than six hours late, all the time.
      { [`vigie_backup_due_timestamp_seconds{${OWN}}`]: "-20400+15x1500" },
    ],
  },
  {
    alert: "BackupFailed",
    series: { [`vigie_backup_last_run_successful{${OWN}}`]: "0x80 1x20" },
    moments: [{
      at: "15m",
      firing: [{
        severity: "warning",
        labels,
        summary: { fr: "La dernière sauvegarde a échoué", en: "The last backup failed" },
        description: {
          fr:
            "En échec depuis 15 minutes ; elle est réessayée d'elle-même. La cause est dans son journal : deno task logs backup",
          en:
            "It has failed for 15 minutes, and is tried again by itself. Its log says why: deno task logs backup",
        },
      }],
    }, { at: "20m15s", firing: [] }],
    quiet: [{ [`vigie_backup_last_run_successful{${OWN}}`]: "1x100" }],
  },
  {
    alert: "BackupDamaged",
    series: { [`vigie_backup_last_verify_successful{${OWN}}`]: "1x20 0x40 1x20" },
    moments: [{
      at: "10m15s",
      firing: [{
        severity: "critical",
        labels,
        summary: {
          fr: "Le dépôt des sauvegardes est abîmé",
          en: "The repository of the backups is damaged",
        },
        description: {
          fr:
            "Sa dernière vérification a échoué : certaines sauvegardes ne pourraient plus être restaurées. La cause est dans son journal : deno task logs backup",
          en:
            "Its last check failed: some backups could no longer be restored. Its log says why: deno task logs backup",
        },
      }],
    }, { at: "15m30s", firing: [] }],
    quiet: [{ [`vigie_backup_last_verify_successful{${OWN}}`]: "1x20" }],
  },
  {
    alert: "BackupNotVerified",
    series: { [`vigie_backup_last_verify_timestamp_seconds{${OWN}}`]: "-1814100x21 0x20" },
    moments: [{
      at: "5m15s",
      firing: [{
        severity: "warning",
        labels,
        summary: {
          fr: "Les sauvegardes n'ont pas été vérifiées",
          en: "The backups have not been checked",
        },
        description: {
          fr:
            "Dernière vérification il y a 21d 0h 0m 15s (seuil : 21 jours) : rien ne dit qu'elles peuvent être restaurées. Vérifier : deno task backup --verify",
          en:
            "Last checked 21d 0h 0m 15s ago (limit: 21 days): nothing says that they can be restored. To check: deno task backup --verify",
        },
      }],
    }, { at: "5m30s", firing: [] }],
    quiet: [
      // Twenty days and some.
      { [`vigie_backup_last_verify_timestamp_seconds{${OWN}}`]: "-1740000x20" },
    ],
  },
];

testRules(backupRules, CASES);
