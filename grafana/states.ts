/** Words and colours for states that several dashboards show. */

import type { ValueName } from "./panel.ts";

/** Of `up`. */
export const UP: readonly ValueName[] = [
  { value: 1, text: { fr: "joignable", en: "up" }, color: "good" },
  { value: 0, text: { fr: "injoignable", en: "down" }, color: "critical" },
];

/** Of `…_config_last_reload_successful`. */
export const LOADED: readonly ValueName[] = [
  { value: 1, text: { fr: "à jour", en: "loaded" }, color: "good" },
  { value: 0, text: { fr: "refusée", en: "refused" }, color: "critical" },
];

/** Of `probe_success`. */
export const SUCCESS: readonly ValueName[] = [
  { value: 1, text: { fr: "réussie", en: "succeeds" }, color: "good" },
  { value: 0, text: { fr: "échoue", en: "fails" }, color: "critical" },
];

/** Of the label `severity`. */
export const SEVERITIES: readonly ValueName[] = [
  { value: "critical", text: { fr: "critique", en: "critical" }, color: "critical" },
  { value: "warning", text: { fr: "avertissement", en: "warning" }, color: "warning" },
  { value: "info", text: { fr: "info", en: "info" }, color: "info" },
];
