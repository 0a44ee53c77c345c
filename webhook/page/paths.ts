/** Where the pages are. */

/** Paths of the pages; what lies below each is theirs as well. */
export const PAGE_PATHS = [
  "/",
  "/alerts",
  "/silences",
  "/dashboards",
  "/delivery",
  "/proof",
  "/page",
] as const;
