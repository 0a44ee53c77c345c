/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** On every page: times as the reader's clock has them. */

import { localTimes } from "./local_times.ts";

localTimes(document);
