/** What the engine and its supervisor tell each other: two files and two signals. Imported by both, so it imports next to nothing. */

import type { LifeSigns } from "./sign_of_life.ts";
import type { Watch } from "./watcher.ts";

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessId {
  readonly pid: number;
  /** Start time in clock ticks since boot: field 22 of /proc/PID/stat. */
  readonly startTicks: number;
  /** The boot it belongs to: /proc/sys/kernel/random/boot_id. */
  readonly bootId: string;
}

/** A service to run. It is restarted when anything of this changes, and left alone otherwise. */
export interface ServiceSpec {
  readonly service: string;
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** What else it was started from, such as its program's size and time: another value restarts it. */
  readonly fingerprint: string;
  /** How long it may take to end before it is killed, milliseconds. */
  readonly stopGraceMs: number;
  /** The program's version, when known. */
  readonly version?: string;
  /** How it is seen that it hangs; without, a process that lives is well. */
  readonly life?: LifeSigns;
  /** Files of the operator's that it has a copy of. */
  readonly watch?: Watch;
  /** Whether it has to be started anew when the clock is set back: it goes on by the time that it was. */
  readonly trustsClock?: boolean;
}

/** services.json: what should run. The engine writes it and then sends SIGHUP. */
export interface Desired {
  /** Another number means that the supervisor has to be replaced. */
  readonly protocol: number;
  /** New for each change, so that the engine sees when it was applied. */
  readonly revision: string;
  /** In the order to start; stopped in the reverse one. */
  readonly services: readonly ServiceSpec[];
  /** Whether they are being stopped, or were: a supervisor that still lives will not take anything new. */
  readonly stopping?: boolean;
}

/** A service as its supervisor knows it. */
export interface ServiceReport {
  readonly service: string;
  /** Its process; none while it is down. */
  readonly process?: ProcessId;
  /** ISO 8601. */
  readonly startedAt?: string;
  /** Times it was started again after it ended by itself. */
  readonly restarts: number;
  /** How it last ended, such as `exit code 1`. */
  readonly lastExit?: string;
  /** Why it could not be started at all. */
  readonly lastError?: string;
  /** When it will be started again, ISO 8601. */
  readonly nextStartAt?: string;
  /** Why it goes on with an older copy of files that it watches; none when it has what is there. */
  readonly trouble?: string;
  /** Of the spec that it runs. */
  readonly key: string;
}

/** status.json: what runs. The supervisor writes it at each change. */
export interface Status {
  readonly protocol: number;
  /** The last revision of services.json that is applied. */
  readonly revision: string;
  readonly supervisor: ProcessId;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly services: readonly ServiceReport[];
}

/** The version of these files' meaning. */
export const PROTOCOL = 2;

/** Variables by which every process of a stack is found again, whatever happened to its supervisor. */
export const MARK = {
  /** The stack's directory `<state>/local`, real path. */
  stack: "VIGIE_LOCAL",
  /** The service's name, or `supervisor`. */
  service: "VIGIE_SERVICE",
  /** The systemd target that it belongs to; none under the supervisor. */
  target: "VIGIE_TARGET",
} as const;

/** A string that is the same for the same spec only. */
export function keyOf(spec: ServiceSpec): string {
  return JSON.stringify([spec.command, Object.entries(spec.env).sort(), spec.cwd, spec.fingerprint]);
}

/** status.json's content; undefined when it is no such thing. */
export function parseStatus(text: string): Status | undefined {
  try {
    const status = JSON.parse(text);
    const right = status?.protocol === PROTOCOL && isProcess(status.supervisor) &&
      Array.isArray(status.services) &&
      status.services.every((report: ServiceReport) =>
        typeof report?.service === "string" && (report.process === undefined || isProcess(report.process))
      );
    return right ? status : undefined;
  } catch {
    return undefined;
  }
}

function isProcess(value: unknown): value is ProcessId {
  const { pid, startTicks, bootId } = (value ?? {}) as ProcessId;
  return Number.isInteger(pid) && pid > 1 && Number.isInteger(startTicks) && typeof bootId === "string";
}
