/// <reference lib="dom" />
/** On pages with graphs. */
export {};
