import { diskRules } from "./disk.ts";
import { type AlertCase, testRules } from "../testing/rule_cases.ts";

const CASES: readonly AlertCase[] = [
  {
    alert: "HostDiskSpaceLow",
    series: {
      'node_filesystem_avail_bytes{device="/dev/sda1",fstype="ext4",instance="web-1",job="node",team="web",mountpoint="/srv"}':
        "9500000000x80",
      'node_filesystem_size_bytes{device="/dev/sda1",fstype="ext4",instance="web-1",job="node",team="web",mountpoint="/srv"}':
        "100000000000x300",
      'node_filesystem_readonly{device="/dev/sda1",fstype="ext4",instance="web-1",job="node",team="web",mountpoint="/srv"}':
        "0x300",
    },
    moments: [{
      at: "15m",
      firing: [{
        severity: "warning",
        labels: {
          device: "/dev/sda1",
          fstype: "ext4",
          instance: "web-1",
          job: "node",
          mountpoint: "/srv",
          team: "web",
        },
        summary: { fr: "Disque /srv de web-1 presque plein", en: "Disk /srv of web-1 almost full" },
        description: {
          fr: "Il reste 9,5 % de libre sur /dev/sda1 (seuil : 10 %). Plein, il bloquera tout ce qui y écrit.",
          en: "9.5% of /dev/sda1 is free (limit: 10%). Once it is full, whatever writes to it fails.",
        },
      }],
    }],
    quiet: [{
      'node_filesystem_avail_bytes{device="/dev/sda1",fstype="ext4",instance="web-1",job="node",team="web",mountpoint="/srv"}':
        "10000000000x80",
      'node_filesystem_size_bytes{device="/dev/sda1",fstype="ext4",instance="web-1",job="node",team="web",mountpoint="/srv"}':
        "100000000000x300",
      'node_filesystem_readonly{device="/dev/sda1",fstype="ext4",instance="web-1",job="node",team="web",mountpoint="/srv"}':
        "0x300",
    }, {
      'node_filesystem_avail_bytes{device="/dev/sda1",fstype="ext4",instance="web-1",job="node",team="web",mountpoint="/srv"}':
        "1000000000x80",
      'node_filesystem_size_bytes{device="/dev/sda1",fstype="ext4",instance="web-1",job="node",team="web",mountpoint="/srv"}':
        "100000000000x300",
      'node_filesystem_readonly{device="/dev/sda1",fstype="ext4",instance="web-1",job="node",team="web",mountpoint="/srv"}':
        "1x80",
    }, {
      'node_filesystem_avail_bytes{device="/dev/sda1",fstype="tmpfs",instance="web-1",job="node",team="web",mountpoint="/srv"}':
        "0x80",
      'node_filesystem_size_bytes{device="/dev/sda1",fstype="tmpfs",instance="web-1",job="node",team="web",mountpoint="/srv"}':
        "100000000000x300",
      'node_filesystem_readonly{device="/dev/sda1",fstype="tmpfs",instance="web-1",job="node",team="web",mountpoint="/srv"}':
        "0x300",
    }, {
      'node_filesystem_avail_bytes{device="/dev/sda1",fstype="ext4",instance="web-1",job="node",team="web",mountpoint="/etc/hosts"}':
        "0x80",
      'node_filesystem_size_bytes{device="/dev/sda1",fstype="ext4",instance="web-1",job="node",team="web",mountpoint="/etc/hosts"}':
        "100000000000x300",
      'node_filesystem_readonly{device="/dev/sda1",fstype="ext4",instance="web-1",job="node",team="web",mountpoint="/etc/hosts"}':
        "0x300",
    }],
  },
  {
    alert: "HostDiskSpaceLow",
    series: {
      'node_filesystem_avail_bytes{device="/dev/sda1",fstype="ext4",instance="web-1",job="node",team="web",mountpoint="/srv"}':
        "4500000000x80",
      'node_filesystem_size_bytes{device="/dev/sda1",fstype="ext4",instance="web-1",job="node",team="web",mountpoint="/srv"}':
        "100000000000x300",
      'node_filesystem_readonly{device="/dev/sda1",fstype="ext4",instance="web-1",job="node",team="web",mountpoint="/srv"}':
        "0x300",
    },
    moments: [{
      at: "5m",
      firing: [{
        severity: "critical",
        labels: {
          device: "/dev/sda1",
          fstype: "ext4",
          instance: "web-1",
          job: "node",
          mountpoint: "/srv",
          team: "web",
        },
        summary: { fr: "Disque /srv de web-1 presque plein", en: "Disk /srv of web-1 almost full" },
        description: {
          fr: "Il reste 4,5 % de libre sur /dev/sda1 (seuil : 5 %). Plein, il bloquera tout ce qui y écrit.",
          en: "4.5% of /dev/sda1 is free (limit: 5%). Once it is full, whatever writes to it fails.",
        },
      }],
    }, {
      at: "15m",
      firing: [{
        severity: "critical",
        labels: {
          device: "/dev/sda1",
          fstype: "ext4",
          instance: "web-1",
          job: "node",
          mountpoint: "/srv",
          team: "web",
        },
        summary: { fr: "Disque /srv de web-1 presque plein", en: "Disk /srv of web-1 almost full" },
        description: {
          fr: "Il reste 4,5 % de libre sur /dev/sda1 (seuil : 5 %). Plein, il bloquera tout ce qui y écrit.",
          en: "4.5% of /dev/sda1 is free (limit: 5%). Once it is full, whatever writes to it fails.",
        },
      }, {
        severity: "warning",
        labels: {
          device: "/dev/sda1",
          fstype: "ext4",
          instance: "web-1",
          job: "node",
          mountpoint: "/srv",
          team: "web",
        },
        summary: { fr: "Disque /srv de web-1 presque plein", en: "Disk /srv of web-1 almost full" },
        description: {
          fr: "Il reste 4,5 % de libre sur /dev/sda1 (seuil : 10 %). Plein, il bloquera tout ce qui y écrit.",
          en: "4.5% of /dev/sda1 is free (limit: 10%). Once it is full, whatever writes to it fails.",
        },
      }],
    }],
  },
  {
    alert: "HostDiskFillingUp",
    series: {
      'node_filesystem_avail_bytes{device="/dev/sda1",fstype="ext4",instance="web-1",job="node",team="web",mountpoint="/srv"}':
        "38000000000-7000000x300",
      'node_filesystem_size_bytes{device="/dev/sda1",fstype="ext4",instance="web-1",job="node",team="web",mountpoint="/srv"}':
        "100000000000x300",
      'node_filesystem_readonly{device="/dev/sda1",fstype="ext4",instance="web-1",job="node",team="web",mountpoint="/srv"}':
        "0x300",
    },
    moments: [{
      at: "1h15s",
      firing: [{
        severity: "warning",
        labels: {
          device: "/dev/sda1",
          fstype: "ext4",
          instance: "web-1",
          job: "node",
          mountpoint: "/srv",
          team: "web",
        },
        summary: {
          fr: "Disque /srv de web-1 plein d'ici 24 heures",
          en: "Disk /srv of web-1 full within 24 hours",
        },
        description: {
          fr:
            "Il reste 36,3 % de libre sur /dev/sda1, et au rythme des 6 dernières heures plus rien dans 24 heures.",
          en: "36.3% of /dev/sda1 is free, and at the pace of the last 6 hours nothing will be in 24 hours.",
        },
      }],
    }],
    quiet: [{
      'node_filesystem_avail_bytes{device="/dev/sda1",fstype="ext4",instance="web-1",job="node",team="web",mountpoint="/srv"}':
        "38000000000-6000000x300",
      'node_filesystem_size_bytes{device="/dev/sda1",fstype="ext4",instance="web-1",job="node",team="web",mountpoint="/srv"}':
        "100000000000x300",
      'node_filesystem_readonly{device="/dev/sda1",fstype="ext4",instance="web-1",job="node",team="web",mountpoint="/srv"}':
        "0x300",
    }, {
      'node_filesystem_avail_bytes{device="/dev/sda1",fstype="ext4",instance="web-1",job="node",team="web",mountpoint="/srv"}':
        "50000000000-10000000x300",
      'node_filesystem_size_bytes{device="/dev/sda1",fstype="ext4",instance="web-1",job="node",team="web",mountpoint="/srv"}':
        "100000000000x300",
      'node_filesystem_readonly{device="/dev/sda1",fstype="ext4",instance="web-1",job="node",team="web",mountpoint="/srv"}':
        "0x300",
    }],
  },
  {
    alert: "HostInodesLow",
    series: {
      'node_filesystem_files{device="/dev/sda1",fstype="ext4",instance="web-1",job="node",team="web",mountpoint="/srv"}':
        "1000000x80",
      'node_filesystem_files_free{device="/dev/sda1",fstype="ext4",instance="web-1",job="node",team="web",mountpoint="/srv"}':
        "49000x80",
      'node_filesystem_readonly{device="/dev/sda1",fstype="ext4",instance="web-1",job="node",team="web",mountpoint="/srv"}':
        "0x80",
    },
    moments: [{
      at: "15m",
      firing: [{
        severity: "warning",
        labels: {
          device: "/dev/sda1",
          fstype: "ext4",
          instance: "web-1",
          job: "node",
          mountpoint: "/srv",
          team: "web",
        },
        summary: {
          fr: "Presque plus d'inodes sur /srv de web-1",
          en: "Almost no inodes left on /srv of web-1",
        },
        description: {
          fr:
            "Il reste 4,9 % d'inodes sur /dev/sda1 (seuil : 5 %). Sans inode on ne peut plus créer de fichier, même s'il reste de la place : cherchez un dossier aux très nombreux petits fichiers.",
          en:
            "4.9% of the inodes of /dev/sda1 are free (limit: 5%). Without one no file can be made, even with space left: look for a directory with very many small files.",
        },
      }],
    }],
    quiet: [{
      'node_filesystem_files{device="/dev/sda1",fstype="ext4",instance="web-1",job="node",team="web",mountpoint="/srv"}':
        "1000000x80",
      'node_filesystem_files_free{device="/dev/sda1",fstype="ext4",instance="web-1",job="node",team="web",mountpoint="/srv"}':
        "50000x80",
      'node_filesystem_readonly{device="/dev/sda1",fstype="ext4",instance="web-1",job="node",team="web",mountpoint="/srv"}':
        "0x80",
    }],
  },
];

testRules(diskRules, CASES);
