/** The doctor's part of docs/checks.md, from what each diagnosis says about itself. */

import { AREAS, DIAGNOSES } from "../../tasks/doctor/mod.ts";

/** One section for each diagnosis, in the order of the doctor's areas. */
export function diagnosisSections(): string {
  return AREAS.flatMap((area) => DIAGNOSES.filter((diagnosis) => diagnosis.area === area))
    .map(({ id, title, about, weight }) =>
      `### ${id}\n\n_${NAMES[weight]} when it does not hold: ${lowerFirst(title)}._ ${about}`
    )
    .join("\n\n");
}

const NAMES = { error: "An error", warning: "A warning", note: "A note" };

/** A sentence as it goes on after a colon; names keep their capital. */
function lowerFirst(text: string): string {
  return /^(?:The|No|Every|This|What|There|A)\b/.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text;
}
