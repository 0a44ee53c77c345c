import { type AlertCase, type Series, testRules } from "../testing/rule_cases.ts";
import { fires, on } from "../testing/host_case.ts";
import { diskHealthRules } from "./disk_health.ts";

const SRV = { device: "/dev/sda1", fstype: "ext4", mountpoint: "/srv" };

function deviceError(values: string, error: string, labels: Readonly<Record<string, string>> = SRV): Series {
  return { [on("node_filesystem_device_error", { ...labels, device_error: error })]: values };
}

function readOnly(values: string): Series {
  return { [on("node_filesystem_readonly", SRV)]: values };
}

const FILESYSTEMS: readonly AlertCase[] = [
  {
    alert: "HostFilesystemError",
    series: deviceError("1x24 0x4", "input/output error"),
    moments: [{
      at: "5m",
      firing: [fires("critical", {
        summary: { fr: "/srv de web-1 ne répond plus", en: "/srv of web-1 does not answer" },
        description: {
          fr:
            "Le système de fichiers de /dev/sda1 renvoie une erreur depuis 5 minutes (input/output error) : disque en panne, ou partage réseau injoignable. Ce qui y lit ou écrit reste bloqué.",
          en:
            "The filesystem of /dev/sda1 has given an error for 5 minutes (input/output error): broken disk, or network share out of reach. Whatever reads or writes there hangs.",
        },
      }, { ...SRV, device_error: "input/output error" })],
    }, { at: "6m15s", firing: [] }],
    quiet: [
      deviceError("0x28", ""),
      // What the exporter's own rights or mounts keep from it.
      deviceError("1x28", "permission denied"),
      deviceError("1x28", "operation not permitted"),
      deviceError("1x28", "no such file or directory"),
      deviceError("1x28", "input/output error", { ...SRV, fstype: "tmpfs" }),
    ],
  },
  {
    alert: "HostFilesystemReadOnly",
    series: readOnly("0x3 1x20 0x4"),
    moments: [{
      at: "3m",
      firing: [fires("critical", {
        summary: {
          fr: "/srv de web-1 est passé en lecture seule",
          en: "/srv of web-1 has become read-only",
        },
        description: {
          fr:
            "On y écrivait encore il y a moins d'un jour. Le noyau protège ainsi /dev/sda1 après une erreur du disque : voyez dmesg. Plus rien ne peut s'y enregistrer.",
          en:
            "It could be written to less than a day ago. This is how the kernel protects /dev/sda1 after an error of the disk: see dmesg. Nothing can be saved there any more.",
        },
      }, SRV)],
    }, { at: "6m15s", firing: [] }],
    // Mounted read-only from the start; and always writable.
    quiet: [readOnly("1x40"), readOnly("0x40")],
  },
];

const SDA = { device: "sda" };

/** Seconds of waiting that the queue of a disk piles up in 15 seconds, for 40 minutes; then nothing. */
function queue(step: number, device = "sda"): Series {
  return {
    [on("node_disk_io_time_weighted_seconds_total", { device })]: `100000+${step}x160 ${
      100_000 + 160 * step
    }+0x20`,
  };
}

/** Operations of a disk in 15 seconds, and the milliseconds that they take, for 25 minutes; then they are quick. */
function operations(direction: "read" | "write", count: number, ms: number, device = "sda"): Series {
  const time = (count * ms) / 1_000;
  return {
    [on(`node_disk_${direction}s_completed_total`, { device })]: `100000+${count}x130`,
    [on(`node_disk_${direction}_time_seconds_total`, { device })]: `100000+${time}x100 ${
      100_000 + 100 * time
    }+0x30`,
  };
}

const DISKS: readonly AlertCase[] = [
  {
    alert: "HostDiskIoSaturated",
    series: queue(156),
    moments: [{
      at: "34m45s",
      firing: [fires("warning", {
        summary: { fr: "Disque sda de web-1 saturé", en: "Disk sda of web-1 saturated" },
        description: {
          fr:
            "10,4 demandes y attendent en moyenne (seuil : 10 pendant 30 minutes) : le disque ne suit plus, et tout ce qui lit ou écrit ralentit.",
          en:
            "10.4 requests wait for it on average (limit: 10 for 30 minutes): the disk cannot keep up, and whatever reads or writes slows down.",
        },
      }, SDA)],
    }, { at: "40m15s", firing: [] }],
    // Just below; and what lies on a disk that says it itself.
    quiet: [queue(150), { ...queue(1_000, "dm-0"), ...queue(1_000, "loop3") }],
  },
  {
    alert: "HostDiskReadLatencyHigh",
    series: operations("read", 1_000, 104),
    moments: [{
      at: "15m15s",
      firing: [fires("warning", {
        summary: {
          fr: "Lectures lentes sur le disque sda de web-1",
          en: "Slow reads on disk sda of web-1",
        },
        description: {
          fr:
            "Une lecture y prend 104ms en moyenne (seuil : 100 ms pendant 15 minutes) : disque surchargé ou mourant, ou stockage réseau trop lent.",
          en:
            "On average a read takes 104ms (limit: 100 ms for 15 minutes): overloaded or dying disk, or network storage too slow.",
        },
      }, SDA)],
    }, { at: "25m15s", firing: [] }],
    quiet: [
      operations("read", 1_000, 100),
      // A disk that is woken now and then takes its time.
      operations("read", 10, 5_000),
    ],
  },
  {
    alert: "HostDiskWriteLatencyHigh",
    series: operations("write", 1_000, 104),
    moments: [{
      at: "15m15s",
      firing: [fires("warning", {
        summary: {
          fr: "Écritures lentes sur le disque sda de web-1",
          en: "Slow writes on disk sda of web-1",
        },
        description: {
          fr:
            "Une écriture y prend 104ms en moyenne (seuil : 100 ms pendant 15 minutes) : disque surchargé ou mourant, ou stockage réseau trop lent.",
          en:
            "On average a write takes 104ms (limit: 100 ms for 15 minutes): overloaded or dying disk, or network storage too slow.",
        },
      }, SDA)],
    }, { at: "25m15s", firing: [] }],
    quiet: [operations("write", 1_000, 100), operations("write", 10, 5_000)],
  },
];

testRules(diskHealthRules, [...FILESYSTEMS, ...DISKS]);
