/** Structured log lines in logfmt, as Prometheus and Alertmanager write theirs. */

import { writeOut } from "./one_line.ts";

/** Further facts of a line; `undefined` is left out. */
export type Facts = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where the webhook says what happens. */
export interface Log {
  info(message: string, facts?: Facts): void;
  error(message: string, facts?: Facts): void;
}

/**
 * @param write Takes one line, with its end.
 * @param now Milliseconds since 1970.
 */
export function createLog(write: (line: string) => void, now: () => number): Log {
  const at = (level: string) => (message: string, facts: Facts = {}) => {
    const pairs = Object.entries({ time: new Date(now()).toISOString(), level, msg: message, ...facts });
    const shown = pairs.filter(([, value]) => value !== undefined).map(([key, value]) =>
      `${key}=${quote(value!)}`
    );
    write(`${shown.join(" ")}\n`);
  };
  return { info: at("INFO"), error: at("ERROR") };
}

/**
 * `log` that keeps secrets out of every line, whoever writes it.
 *
 * @param redact Puts something else in the place of each secret.
 */
export function withoutSecrets(log: Log, redact: (text: string) => string): Log {
  const clean = (facts: Facts = {}): Facts =>
    Object.fromEntries(
      Object.entries(facts).map(([key, value]) => [key, typeof value === "string" ? redact(value) : value]),
    );
  return {
    info: (message, facts) => log.info(redact(message), clean(facts)),
    error: (message, facts) => log.error(redact(message), clean(facts)),
  };
}

function quote(value: string | number | boolean): string {
  const text = String(value);
  if (/^[\w.:/+@-]+$/.test(text)) return text;
  return writeOut(JSON.stringify(text));
}
