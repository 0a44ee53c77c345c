/** What promtool and amtool print when they refuse a file, as problems. */

import { basename } from "node:path";

/** One complaint of a checker. */
export interface Complaint {
  /** Base name of the file that it names; `""` when it names none. */
  readonly file: string;
  /** Counted from 1. */
  readonly line?: number;
  /** Counted from 1. */
  readonly column?: number;
  /** One sentence, capital first, no full stop. */
  readonly message: string;
}

const FILE = /^(?<file>\S*\.(?:ya?ml|tmpl)): (?<rest>.*)$/;
const PLACE = /^(?:\d+:\d+: )*(?<line>[1-9]\d*):(?<column>\d+): (?<rest>.*)$/;
const YAML_LINE = /^(?:yaml: )?line (?<line>\d+): (?<rest>.*)$/;
const DUPLICATES =
  /lint error \d+ duplicate rule\(s\) found\.\n([\s\S]*?)Might cause inconsistency while recording expressions/g;
const NOISE = /^(?:promtool|amtool): error: |^(?:Checking|Found:|SUCCESS)|^time=|^- |^$/;

/**
 * The complaints in what `promtool check` or `amtool check-config` printed.
 *
 * Source: `cmd/promtool/main.go` of Prometheus 3.5, `cli/check_config.go` of Alertmanager 0.33.
 */
export function complaints(output: string): Complaint[] {
  const found: Complaint[] = [];
  let file = "";
  const lines = output.replaceAll(DUPLICATES, (_, list: string) => `duplicate rules: ${namesIn(list)}`).split(
    "\n",
  );
  for (const raw of lines) {
    let rest = raw.replace(/^Checking '[^']*'/, "").trim().replace(/^FAILED:\s*/, "");
    if (NOISE.test(rest)) continue;
    rest = rest.replace(/^parsing YAML file (?=\S+: )/, "");
    const named = FILE.exec(rest)?.groups;
    if (named) {
      file = basename(named.file!);
      rest = named.rest!;
    }
    // The lines below say where.
    if (/^(?:yaml: )?unmarshal errors:$/.test(rest)) continue;
    const place = (PLACE.exec(rest) ?? YAML_LINE.exec(rest))?.groups;
    found.push({
      file,
      line: place && Number(place.line),
      column: place?.column === undefined ? undefined : Math.max(1, Number(place.column)),
      message: sentence(place?.rest ?? rest),
    });
  }
  return found;
}

function namesIn(list: string): string {
  return [...new Set([...list.matchAll(/^Metric: (.*)$/gm)].map(([, name]) => name))].join(", ");
}

function sentence(text: string): string {
  const trimmed = text.replace(/^yaml: /, "").replace(/\.$/, "");
  return trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
}
