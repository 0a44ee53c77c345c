/** The checks of the entry's files. To add one: write its file beside this one, and name it here. */

import type { Check } from "../../lib/check.ts";
import { configCheck } from "./config.ts";

/** The entry's checks, in the order that they are shown. */
export const entryChecks: readonly Check[] = [configCheck];
