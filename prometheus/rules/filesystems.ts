/** Which filesystems alerts are about. */

// A read-only image is always full and memory is not a disk; containers see these three files as mounts of the host's disk.
/** Matchers of the filesystems that lie on a disk. */
export const FILESYSTEMS =
  'fstype!~"erofs|iso9660|ramfs|squashfs|tmpfs|udf",job="node",mountpoint!~"/etc/(hostname|hosts|resolv.conf)"';
