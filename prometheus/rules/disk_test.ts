import { type AlertCase, type Series, testRules } from "../testing/rule_cases.ts";
import { fires, on } from "../testing/host_case.ts";
import { diskRules } from "./disk.ts";

const SRV = { device: "/dev/sda1", fstype: "ext4", mountpoint: "/srv" };

/** A filesystem of 100 GB whose free bytes go through `values`. */
function space(values: string, readonly = "0x100", labels: Readonly<Record<string, string>> = SRV): Series {
  return {
    [on("node_filesystem_avail_bytes", labels)]: values,
    [on("node_filesystem_size_bytes", labels)]: "100000000000x100",
    [on("node_filesystem_readonly", labels)]: readonly,
  };
}

/** A filesystem with a million inodes, of which those that are free go through `values`. */
function inodes(values: string, all = "1000000x100"): Series {
  return {
    [on("node_filesystem_files_free", SRV)]: values,
    [on("node_filesystem_files", SRV)]: all,
    [on("node_filesystem_readonly", SRV)]: "0x100",
  };
}

function spaceLow(severity: "warning" | "critical", free: string, limit: number, wait: number) {
  return fires(severity, {
    summary: { fr: "Disque /srv de web-1 presque plein", en: "Disk /srv of web-1 almost full" },
    description: {
      fr: `Il reste ${
        free.replace(".", ",")
      } % de libre sur /dev/sda1 (seuil : ${limit} % pendant ${wait} minutes). Plein, il bloquera tout ce qui y écrit.`,
      en:
        `${free}% of /dev/sda1 is free (limit: ${limit}% for ${wait} minutes). Once it is full, whatever writes to it fails.`,
    },
  }, SRV);
}

function spaceFillingUp(severity: "warning" | "critical", free: string, limit: number, hours: number) {
  return fires(severity, {
    summary: {
      fr: `Disque /srv de web-1 plein d'ici ${hours} heures`,
      en: `Disk /srv of web-1 full within ${hours} hours`,
    },
    description: {
      fr: `Il reste ${
        free.replace(".", ",")
      } % de libre sur /dev/sda1 (seuil : ${limit} % pendant 1 heure), et au rythme des dernières 6 heures plus rien dans ${hours} heures.`,
      en:
        `${free}% of /dev/sda1 is free (limit: ${limit}% for 1 hour), and at the pace of the last 6 hours nothing will be in ${hours} hours.`,
    },
  }, SRV);
}

const SPACE: readonly AlertCase[] = [
  {
    alert: "HostDiskSpaceLow",
    series: space("9500000000x80 10000000000x20"),
    moments: [{ at: "15m", firing: [spaceLow("warning", "9.5", 10, 15)] }, { at: "20m15s", firing: [] }],
    quiet: [
      space("10000000000x100"),
      // Mounted read-only: it was made full.
      space("1000000000x100", "1x100"),
      space("0x100", "0x100", { ...SRV, fstype: "tmpfs" }),
      space("0x100", "0x100", { ...SRV, mountpoint: "/etc/hosts" }),
    ],
  },
  {
    alert: "HostDiskSpaceLow",
    series: space("4500000000x80 5000000000x20"),
    moments: [
      { at: "5m", firing: [spaceLow("critical", "4.5", 5, 5)] },
      { at: "15m", firing: [spaceLow("critical", "4.5", 5, 5), spaceLow("warning", "4.5", 10, 15)] },
      { at: "20m15s", firing: [spaceLow("warning", "5.0", 10, 15)] },
    ],
  },
  {
    alert: "HostDiskFillingUp",
    step: "5m",
    // Then somebody makes room.
    series: space("38000000000-140000000x13 60000000000x3"),
    moments: [
      { at: "1h5m", firing: [spaceFillingUp("warning", "36.2", 40, 24)] },
      { at: "1h10m", firing: [] },
    ],
    quiet: [
      // Full after 25.8 hours.
      space("38000000000-120000000x16"),
      // Fast, but more than 40 % is free.
      space("50000000000-200000000x16"),
      space("43900000000-200000000x16"),
      // What is written is removed again.
      space("38000000000x16"),
    ],
  },
  {
    alert: "HostDiskFillingUp",
    step: "5m",
    series: space("19900000000-500000000x13 60000000000x3"),
    moments: [
      {
        at: "1h5m",
        firing: [spaceFillingUp("critical", "13.4", 20, 4), spaceFillingUp("warning", "13.4", 40, 24)],
      },
      { at: "1h10m", firing: [] },
    ],
    quiet: [
      // More than 40 % is free, though it will not be for long.
      space("90000000000-3000000000x16"),
    ],
  },
];

function inodesLow(severity: "warning" | "critical", free: string, limit: number) {
  return fires(severity, {
    summary: { fr: "Presque plus d'inodes sur /srv de web-1", en: "Almost no inodes left on /srv of web-1" },
    description: {
      fr: `Il reste ${
        free.replace(".", ",")
      } % d'inodes sur /dev/sda1 (seuil : ${limit} % pendant 1 heure). Sans inode on ne peut plus créer de fichier, même s'il reste de la place : cherchez un dossier aux très nombreux petits fichiers.`,
      en:
        `${free}% of the inodes of /dev/sda1 are free (limit: ${limit}% for 1 hour). Without one no file can be made, even with space left: look for a directory with very many small files.`,
    },
  }, SRV);
}

function inodesFillingUp(
  severity: "warning" | "critical",
  free: string,
  limit: number,
  hours: number,
) {
  return fires(severity, {
    summary: {
      fr: `Plus d'inodes sur /srv de web-1 d'ici ${hours} heures`,
      en: `No inodes left on /srv of web-1 within ${hours} hours`,
    },
    description: {
      fr: `Il reste ${
        free.replace(".", ",")
      } % d'inodes sur /dev/sda1 (seuil : ${limit} % pendant 1 heure), et au rythme des dernières 6 heures plus aucun dans ${hours} heures : cherchez ce qui y crée des fichiers.`,
      en:
        `${free}% of the inodes of /dev/sda1 are free (limit: ${limit}% for 1 hour), and at the pace of the last 6 hours none will be in ${hours} hours: look for what makes files there.`,
    },
  }, SRV);
}

const INODES: readonly AlertCase[] = [
  {
    alert: "HostInodesLow",
    step: "5m",
    series: inodes("49000x12 50000x3"),
    moments: [{ at: "1h", firing: [inodesLow("warning", "4.9", 5)] }, { at: "1h5m", firing: [] }],
    quiet: [
      inodes("50000x16"),
      // A filesystem without a limit of inodes.
      inodes("0x16", "0x16"),
    ],
  },
  {
    alert: "HostInodesLow",
    step: "5m",
    series: inodes("29000x12 30000x3"),
    moments: [
      { at: "1h", firing: [inodesLow("critical", "2.9", 3), inodesLow("warning", "2.9", 5)] },
      { at: "1h5m", firing: [inodesLow("warning", "3.0", 5)] },
    ],
  },
  {
    alert: "HostInodesFillingUp",
    step: "5m",
    series: inodes("380000-1400x13 600000x3"),
    moments: [
      { at: "1h5m", firing: [inodesFillingUp("warning", "36.2", 40, 24)] },
      { at: "1h10m", firing: [] },
    ],
    quiet: [inodes("380000-1200x16"), inodes("500000-2000x16"), inodes("439000-2000x16")],
  },
  {
    alert: "HostInodesFillingUp",
    step: "5m",
    series: inodes("199000-5000x13 600000x3"),
    moments: [
      {
        at: "1h5m",
        firing: [
          inodesFillingUp("critical", "13.4", 20, 4),
          inodesFillingUp("warning", "13.4", 40, 24),
        ],
      },
      { at: "1h10m", firing: [] },
    ],
  },
];

testRules(diskRules, [...SPACE, ...INODES]);
