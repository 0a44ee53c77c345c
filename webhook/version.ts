/** The webhook's version, as `--version` and its metrics say it. */
export const VERSION = "0.1.0";
