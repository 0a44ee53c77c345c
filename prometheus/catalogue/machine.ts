/** What differs from machine to machine, and how many of each the machine has that the catalogue counts for. */

/** Labels of some metrics that name parts of a machine, or of what runs on it. */
interface MachineLabels {
  readonly metrics: RegExp;
  /** How many of these parts the machine has that is counted for: a small server. */
  readonly count: number;
  readonly labels: readonly string[];
}

const CONTAINER = [
  "id",
  "image",
  "name",
  "container_label_com_docker_compose_project",
  "container_label_com_docker_compose_service",
];

// The first that fits counts. What is counted nowhere is counted as it was recorded.
const MACHINE: readonly MachineLabels[] = [
  { metrics: /^node_(cpu|schedstat|softnet)_/, count: 4, labels: ["cpu", "core", "package"] },
  { metrics: /^node_(filesystem)_/, count: 4, labels: ["device", "fstype", "mountpoint", "device_error"] },
  { metrics: /^node_disk_/, count: 2, labels: ["device"] },
  {
    metrics: /^node_(network|arp)_/,
    count: 3,
    labels: ["device", "operstate", "duplex", "address", "broadcast", "ifalias"],
  },
  { metrics: /^node_hwmon_/, count: 4, labels: ["chip", "sensor"] },
  { metrics: /^node_(thermal_zone|cooling_device)_/, count: 2, labels: ["zone", "name", "type"] },
  { metrics: /^node_md_/, count: 1, labels: ["device"] },
  { metrics: /^node_nvme_/, count: 1, labels: ["device"] },
  { metrics: /^node_edac_/, count: 1, labels: ["controller", "csrow"] },
  { metrics: /^node_systemd_(unit_state|unit_start)/, count: 150, labels: ["name", "type"] },
  { metrics: /^node_systemd_/, count: 20, labels: ["name"] },
  { metrics: /^prometheus_rule_/, count: 20, labels: ["rule_group"] },
  { metrics: /^container_/, count: 10, labels: CONTAINER },
];

/** What the values of `metric`'s labels are on some machine only, and how many of them are counted for one target. */
export function machineLabels(metric: string): Omit<MachineLabels, "metrics"> {
  return MACHINE.find(({ metrics }) => metrics.test(metric)) ?? { count: 1, labels: [] };
}
