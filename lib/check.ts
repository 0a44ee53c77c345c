/** What a check is, what it finds, and how it says that it could not look. */

import type { Files } from "./files.ts";
import type { Locale } from "./text.ts";

/** How bad a problem is: an `error` fails the command, a `warning` is only shown. */
export type Severity = "error" | "warning";

/** One thing that is not right, where, and what to do about it. */
export interface Problem {
  /** The id of the check that found it. */
  readonly check: string;
  readonly severity: Severity;
  /** The file it is in, relative to the build directory or the project; `""` when it is in no file. */
  readonly file: string;
  /** Line in that file, counted from 1. */
  readonly line?: number;
  /** Column in that line, counted from 1. */
  readonly column?: number;
  /** How many characters are wrong; 1 when left out. */
  readonly length?: number;
  /** What it is about, by name: the alert, the receiver, the dashboard. A suppression in config.ts names it. */
  readonly subject?: string;
  /**
   * The part of the configuration that it comes from, `["notify", "routes", 0]`: it is shown there instead of in `file`. Without it the place
   * in the generated file is traced back, as far as that goes.
   */
  readonly config?: readonly (string | number)[];
  /** What is wrong: one sentence, capital first, no full stop. */
  readonly message: string;
  /** What to do: one sentence. */
  readonly cure: string;
}

/** What a check may look at. All of it is plain data or a narrow function, so that a test can make one up. */
export interface CheckContext {
  /** What the configuration renders for the chosen engine: path relative to the build directory → text. */
  readonly files: Files;
  /** The directory that holds these files on disk when the check runs. */
  readonly buildDir: string;
  readonly stateDir: string;
  /** The configuration as plain data, every default filled in; undefined where a test has none. */
  readonly config?: unknown;
  /** Paths at which services see files with secrets that `up` puts there; undefined where a test has none. */
  readonly secretFiles?: readonly string[];
  readonly locale: Locale;
  /** Base URL (no trailing slash) of each service, as this machine reaches it: `{ prometheus: "http://127.0.0.1:9090" }`. */
  readonly urls: Readonly<Record<string, string>>;
  /**
   * Absolute path of an outside program (`promtool`, `amtool`), fetched if need be.
   *
   * @throws {Skipped} when it cannot be had, naming what was tried.
   */
  tool(name: string): Promise<string>;
  /** What the running Prometheus has seen, for `check --online`; undefined when it is not asked. */
  readonly seen?: SeenSeries;
  readonly signal: AbortSignal;
}

/** The series that a running Prometheus has had over the last day. */
export interface SeenSeries {
  /** Names of all of them. */
  readonly names: ReadonlySet<string>;
  /**
   * The labels of the series of these names, asked for at once.
   *
   * @throws {Skipped} when Prometheus does not answer.
   */
  series(names: readonly string[]): Promise<readonly Readonly<Record<string, string>>[]>;
}

/** One check, offline (`check`) or online (`smoke`, `doctor`). */
export interface Check<Context = CheckContext> {
  /** Stable, `domain/what`: users script against it. It has a paragraph in docs/checks.md. */
  readonly id: string;
  /** What is proved when it finds nothing, as a short sentence. */
  readonly title: string;
  /** The worst that it says; an offline check must give it. */
  readonly severity?: Severity;
  readonly online: boolean;
  /**
   * Looks, and lists what is not right.
   *
   * @throws {Skipped} when it cannot look.
   */
  run(context: Context): Promise<readonly Problem[]>;
  /**
   * What it found out beside problems; left out when there is nothing to tell.
   *
   * @throws {Skipped} when it cannot look.
   */
  note?(context: Context): Promise<Note>;
}

/** What a check found out that is no problem. */
export interface Note {
  /** One line, shown below the check's area. */
  readonly line: string;
  /** The whole of it as text, shown with `--verbose`. */
  readonly table: string;
  /** The whole of it as plain data, for `--json`. */
  readonly details: unknown;
}

/** Thrown by a check that cannot look; the message is the reason. */
export class Skipped extends Error {
  override readonly name = "Skipped";
}
