/** A new version, tried on the flags and the configuration of the service before anything is changed. */

import type { Progress } from "../engine/engine.ts";
import type { Session } from "../session.ts";
import type { VersionedService } from "../../compose/services/mod.ts";
import type { VersionChange } from "./held.ts";

/** What the rehearsal of one change showed. */
export interface Rehearsal {
  /** Why the change must not be made; empty when nothing speaks against it. */
  readonly problems: readonly string[];
  /** What was tried, each a few words: `flags`, `configuration (promtool)`. */
  readonly tried: readonly string[];
  /** Set when this machine runs what is wanted already, whatever the number: there is nothing to change. */
  readonly same?: string;
}

/**
 * Tries the new version of `change` on what the service runs with now, without starting it. What is missing is fetched.
 *
 * @throws {Lacking} when the version is not to be had.
 */
export async function rehearse(
  session: Session,
  change: VersionChange,
  options: { readonly exact: boolean; readonly progress: Progress; readonly signal: AbortSignal },
): Promise<Rehearsal> {
  const { rehearse: how } = session.engine.name === "docker"
    ? await import("./rehearse_docker.ts")
    : await import("./rehearse_local.ts");
  return await how(session, change, options);
}

// Prometheus and its family check their flags before they answer this, and start nothing.
const ENDING: Readonly<Partial<Record<VersionedService, string>>> = {
  prometheus: "--version",
  alertmanager: "--version",
  "node-exporter": "--version",
  blackbox: "--version",
  grafana: "--help",
  entry: "--help",
};

/** The argument that makes a program check its flags and end; undefined for one that has no such argument. */
export function endingFlag(service: VersionedService): string | undefined {
  return ENDING[service];
}

/** The command line with `caddy run` turned into `caddy validate`. */
export function validating(command: readonly string[]): string[] {
  return command.map((argument) => argument === "run" ? "validate" : argument);
}

/** What a program that refused says: the line with the error, else the last one. */
export function refusalIn(
  { stdout, stderr, code }: { stdout: string; stderr: string; code: number },
): string {
  const lines = `${stdout}\n${stderr}`.split("\n").map((line) => line.trim()).filter(Boolean);
  const line = lines.find((each) => /error|fail|unknown/i.test(each)) ?? lines.at(-1);
  return code === 124 ? "it did not end in time" : line ?? `it ended with exit code ${code} and said nothing`;
}
