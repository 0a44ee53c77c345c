/** Alerts about filesystems that fill up, measured by the node exporter: space and inodes. Faults of disks are in disk_health.ts. */

import type { Text } from "../../lib/text.ts";
import { FILESYSTEMS } from "./filesystems.ts";
import { hostAlert } from "./host_alert.ts";
import { type AlertRule, atLeast, type RecordingRule, type RuleContext, type RuleFamily } from "./rule.ts";
import { PERCENT } from "./settable_alert.ts";
import { inWords, VALUE } from "./words.ts";

const SPACE = "instance_device_mountpoint:node_filesystem_free:ratio";
const INODES = "instance_device_mountpoint:node_filesystem_files_free:ratio";
// Nothing fills up a filesystem that cannot be written to.
const WRITABLE = `node_filesystem_readonly{${FILESYSTEMS}} == 0`;

// Figures that the host dashboard and the alerts share.
const RECORDINGS: readonly RecordingRule[] = [
  {
    record: SPACE,
    expr:
      `node_filesystem_avail_bytes{${FILESYSTEMS}} / node_filesystem_size_bytes{${FILESYSTEMS}} and ${WRITABLE}`,
  },
  {
    record: INODES,
    // Where inodes have no limit (btrfs, vfat) this is 0/0, which is below nothing.
    expr:
      `node_filesystem_files_free{${FILESYSTEMS}} / node_filesystem_files{${FILESYSTEMS}} and ${WRITABLE}`,
  },
];

/** Filesystems that are full, or soon will be. */
export const diskRules: RuleFamily = {
  name: "disk",
  needs: "node",
  rules: (context) => [
    ...RECORDINGS,
    spaceLow(context, "warning", { threshold: context.thresholds.diskFreeWarning, for: "15m" }),
    spaceLow(context, "critical", { threshold: context.thresholds.diskFreeCritical, for: "5m" }),
    spaceFillingUp(context, "warning", { threshold: 40, hours: 24 }),
    spaceFillingUp(context, "critical", { threshold: 20, hours: 4 }),
    inodesLow(context, "warning", 5),
    inodesLow(context, "critical", 3),
    inodesFillingUp(context, "warning", { threshold: 40, hours: 24 }),
    inodesFillingUp(context, "critical", { threshold: 20, hours: 4 }),
  ],
};

type Severity = "warning" | "critical";

/** Less than `threshold` percent is free, and nothing will be in `hours`. */
interface Forecast {
  readonly threshold: number;
  readonly hours: number;
}

const LOOK_BACK = "6h";

function spaceLow(
  context: RuleContext,
  severity: Severity,
  line: { readonly threshold: number; readonly for: string },
): AlertRule {
  return hostAlert(context, {
    alert: "HostDiskSpaceLow",
    severity,
    line,
    expr: (threshold) => `100 * ${SPACE} < ${threshold}`,
    unit: PERCENT,
    variables: ["device"],
    summary: {
      fr: "Disque {{ $labels.mountpoint }} de {{ $labels.instance }} presque plein",
      en: "Disk {{ $labels.mountpoint }} of {{ $labels.instance }} almost full",
    },
    description: ({ limit }) => ({
      fr:
        `Il reste ${VALUE.fr} % de libre sur {{ $labels.device }} (${limit.fr}). Plein, il bloquera tout ce qui y écrit.`,
      en:
        `${VALUE.en}% of {{ $labels.device }} is free (${limit.en}). Once it is full, whatever writes to it fails.`,
    }),
  });
}

function spaceFillingUp(context: RuleContext, severity: Severity, forecast: Forecast): AlertRule {
  const { horizon, pace, willBeGone } = forecastOf(context, forecast);
  return hostAlert(context, {
    alert: "HostDiskFillingUp",
    severity,
    line: { threshold: forecast.threshold, for: "1h" },
    expr: (threshold) => `100 * ${SPACE} < ${threshold} and ${willBeGone("node_filesystem_avail_bytes")}`,
    unit: PERCENT,
    variables: ["device"],
    summary: {
      fr: `Disque {{ $labels.mountpoint }} de {{ $labels.instance }} plein d'ici ${horizon.fr}`,
      en: `Disk {{ $labels.mountpoint }} of {{ $labels.instance }} full within ${horizon.en}`,
    },
    description: ({ limit }) => ({
      fr:
        `Il reste ${VALUE.fr} % de libre sur {{ $labels.device }} (${limit.fr}), et ${pace.fr} plus rien dans ${horizon.fr}.`,
      en:
        `${VALUE.en}% of {{ $labels.device }} is free (${limit.en}), and ${pace.en} nothing will be in ${horizon.en}.`,
    }),
  });
}

function inodesLow(context: RuleContext, severity: Severity, threshold: number): AlertRule {
  return hostAlert(context, {
    alert: "HostInodesLow",
    severity,
    line: { threshold, for: "1h" },
    expr: (limit) => `100 * ${INODES} < ${limit}`,
    unit: PERCENT,
    variables: ["device"],
    summary: {
      fr: "Presque plus d'inodes sur {{ $labels.mountpoint }} de {{ $labels.instance }}",
      en: "Almost no inodes left on {{ $labels.mountpoint }} of {{ $labels.instance }}",
    },
    description: ({ limit }) => ({
      fr:
        `Il reste ${VALUE.fr} % d'inodes sur {{ $labels.device }} (${limit.fr}). Sans inode on ne peut plus créer de fichier, même s'il reste de la place : cherchez un dossier aux très nombreux petits fichiers.`,
      en:
        `${VALUE.en}% of the inodes of {{ $labels.device }} are free (${limit.en}). Without one no file can be made, even with space left: look for a directory with very many small files.`,
    }),
  });
}

function inodesFillingUp(context: RuleContext, severity: Severity, forecast: Forecast): AlertRule {
  const { horizon, pace, willBeGone } = forecastOf(context, forecast);
  return hostAlert(context, {
    alert: "HostInodesFillingUp",
    severity,
    line: { threshold: forecast.threshold, for: "1h" },
    expr: (threshold) => `100 * ${INODES} < ${threshold} and ${willBeGone("node_filesystem_files_free")}`,
    unit: PERCENT,
    variables: ["device"],
    summary: {
      fr: `Plus d'inodes sur {{ $labels.mountpoint }} de {{ $labels.instance }} d'ici ${horizon.fr}`,
      en: `No inodes left on {{ $labels.mountpoint }} of {{ $labels.instance }} within ${horizon.en}`,
    },
    description: ({ limit }) => ({
      fr:
        `Il reste ${VALUE.fr} % d'inodes sur {{ $labels.device }} (${limit.fr}), et ${pace.fr} plus aucun dans ${horizon.fr} : cherchez ce qui y crée des fichiers.`,
      en:
        `${VALUE.en}% of the inodes of {{ $labels.device }} are free (${limit.en}), and ${pace.en} none will be in ${horizon.en}: look for what makes files there.`,
    }),
  });
}

/** The words of a forecast, and its PromQL for what is left of something. */
function forecastOf(context: RuleContext, { hours }: Forecast) {
  const window = atLeast(LOOK_BACK, context);
  const past = inWords(window);
  const pace: Text = {
    fr: `au rythme des dernières ${past.fr}`,
    en: `at the pace of the last ${past.en}`,
  };
  const horizon: Text = { fr: `${hours} heures`, en: `${hours} hours` };
  return {
    horizon,
    pace,
    willBeGone: (left: string) => `predict_linear(${left}{${FILESYSTEMS}}[${window}], ${3_600 * hours}) < 0`,
  };
}
