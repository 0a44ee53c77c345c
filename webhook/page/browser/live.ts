/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** On every page: times as the reader's clock has them, and parts that stay up to date. */

import { connectionText } from "./connection.ts";
import { localTimes } from "./local_times.ts";
import { refreshParts } from "./refresh.ts";
import { shareEvents } from "./share.ts";

localTimes(document);
const parts = refreshParts(localTimes);
const connection = document.getElementById("connection");
if (parts && connection) {
  const text = connectionText(connection, parts.readMs);
  shareEvents(connection.dataset.position ?? "", ({ isLive, isChange }) => {
    if (isChange) parts.soon();
    parts.told(isLive);
    text.show(isLive);
  });
}
