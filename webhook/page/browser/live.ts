/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** On every page: times as the reader's clock has them, and parts that stay up to date. */

import { localTimes } from "./local_times.ts";
import { refreshParts } from "./refresh.ts";

localTimes(document);
refreshParts(localTimes);
