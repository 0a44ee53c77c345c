/** Imported for its effect: templates can be dealt with from the start. */

import * as everything from "./mod.ts";
import { provideTemplating } from "./on_demand.ts";

provideTemplating(everything);
