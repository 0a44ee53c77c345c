/** Whether the configuration that runs is the one that was rendered. */

import { differences, type PrintedForm } from "../../lib/differences.ts";
import type { Files } from "../../lib/files.ts";
import { fromYaml } from "../../lib/yaml.ts";

/** What a running Alertmanager says of itself. */
export interface RunningAlertmanager {
  /** `config.original` of `/api/v2/status`. */
  readonly original: string;
}

const FORM: PrintedForm = {
  names: { receivers: "name" },
  durations: /_(interval|wait|timeout)$/,
  paths: /^templates$|_file$/,
  unordered: /matchers$/,
  closed:
    /_configs$|matchers$|^(routes|group_by|group_wait|group_interval|repeat_interval|templates|equal|inhibit_rules|time_intervals|mute_time_intervals|active_time_intervals)$/,
};

/**
 * Every difference between the rendered configuration and the one that a running Alertmanager has, one sentence each; `[]` when
 * it runs what was rendered. What Alertmanager hides as a secret, the webhook's URL among them, counts as equal.
 *
 * @throws {SyntaxError} when its configuration is not YAML.
 */
export function alertmanagerDrift(files: Files, running: RunningAlertmanager): string[] {
  const wanted = fromYaml(files.get("alertmanager/alertmanager.yml") ?? "");
  return differences(wanted, fromYaml(running.original), FORM);
}
