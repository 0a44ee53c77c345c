/** The figures of hosts that alerts look at, as the dashboards of one host and of all of them show them. */

// A read-only image is always full and memory is not a disk; containers see these three files as mounts of the host's disk.
const ON_DISK =
  `fstype!~"erofs|iso9660|ramfs|squashfs|tmpfs|udf",mountpoint!~"/etc/(hostname|hosts|resolv.conf)"`;

/**
 * What the alerts' rules store, so that graph and alert share it; computed on the spot for hosts that jobs of the user's own scrape.
 *
 * @param host Matchers of the hosts, without braces.
 * @param byDevice Makes a query depend on the devices to show; all of them by default.
 */
export function figuresOf(
  host: string,
  byDevice: (expr: (device: string) => string) => string = (expr) => expr(""),
) {
  const recorded = (record: string, expr: string) => `(${record}{${host}} or ${expr})`;
  const shareOfTime = (modes: string) => {
    const time = (matchers: string) =>
      `sum without (cpu, mode) (rate(node_cpu_seconds_total{${matchers}}[$__rate_interval]))`;
    return `${time(`${host},${modes}`)} / ${time(host)}`;
  };
  const perProcessor = (metric: string) =>
    `${metric}{${host}} / count without (cpu, mode) (node_cpu_seconds_total{${host},mode="idle"})`;
  // All filesystems of a host that has no writable one on a disk, such as a container.
  const filesystems = (record: string, expr: (matchers: string) => string) => {
    const onDisks = byDevice((device) => {
      const disk = `${host},${ON_DISK}${device}`;
      return `(${record}{${host}${device}} or ${expr(disk)} and node_filesystem_readonly{${disk}} == 0)`;
    });
    return `${onDisks} or on (instance) ${expr(host)}`;
  };
  const free = byDevice((device) => `node_filesystem_avail_bytes{${host},${ON_DISK}${device}}`);
  const pace = byDevice((device) => `deriv(node_filesystem_avail_bytes{${host},${ON_DISK}${device}}[6h])`);
  return {
    /** Processors busy, percent: waiting for a disk is not being busy. */
    busy: `100 * ${recorded("instance:node_cpu_busy:ratio", shareOfTime('mode!~"idle|iowait"'))}`,
    /** Load over one minute for each processor. */
    // The product takes the rule's name off: with it, a gap in what is stored would look like another series.
    load: `1 * ${recorded("instance:node_load1_per_cpu:ratio", perProcessor("node_load1"))}`,
    /** Memory used, percent. */
    memoryUsed: `100 * ${
      recorded(
        "instance:node_memory_used:ratio",
        `1 - node_memory_MemAvailable_bytes{${host}} / node_memory_MemTotal_bytes{${host}}`,
      )
    }`,
    /** Space used on each filesystem, percent. */
    spaceUsed: `100 * (1 - (${
      filesystems(
        "instance_device_mountpoint:node_filesystem_free:ratio",
        (fs) => `node_filesystem_avail_bytes{${fs}} / (node_filesystem_size_bytes{${fs}} > 0)`,
      )
    }))`,
    /** Inodes used on each filesystem, percent. */
    inodesUsed: `100 * (1 - (${
      filesystems(
        "instance_device_mountpoint:node_filesystem_files_free:ratio",
        (fs) => `node_filesystem_files_free{${fs}} / (node_filesystem_files{${fs}} > 0)`,
      )
    }))`,
    /** Space free on each filesystem, bytes. */
    spaceFree: `(${free} or on (instance) node_filesystem_avail_bytes{${host}})`,
    /** When each filesystem that fills up is full, seconds from now. */
    secondsUntilFull: `(${free}) / -((${pace}) < 0)`,
    shareOfTime,
    perProcessor,
  };
}
