/** Building blocks of the configuration's schema: strings with a meaning, checked. */

import * as z from "zod";
import { bytes, BYTES_PATTERN, DURATION_PATTERN, durationMs } from "./units.ts";

const DURATION = 'expected a duration above zero, such as "15s", "5m" or "1h30m"';
const SIZE = 'expected a size above zero, such as "512MB" or "5GB"';
const PORT = "expected a port from 1 to 65535";
const NAME = 'expected lower-case letters, digits, "-" and "_", at most 63, such as "web-1"';
const ADDRESS = 'expected a host name or an address, with a port if need be, such as "10.0.0.7:9100"';
const TIMEZONE = 'expected a time zone such as "Europe/Paris" or "UTC"';
const URL = 'expected an http or https URL such as "https://example.org/health"';

function aboveZero(read: (text: string) => number): (text: string) => boolean {
  return (text) => {
    try {
      return read(text) > 0;
    } catch {
      return false;
    }
  };
}

/** A duration above zero, as Prometheus writes them. */
export const duration = z.string(DURATION).regex(DURATION_PATTERN, DURATION).refine(
  aboveZero(durationMs),
  DURATION,
);

/** A size above zero, as Prometheus writes them (powers of 1024). */
export const size = z.string(SIZE).regex(BYTES_PATTERN, SIZE).refine(aboveZero(bytes), SIZE);

/** A TCP port. */
export const port = z.int(PORT).min(1, PORT).max(65_535, PORT);

/** A name that is also safe as a file name, a label value and a container name. */
export const name = z.string(NAME).regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, NAME);

// A name, an IPv4 address or an IPv6 address in brackets; then a port of at most 65535, if any.
const HOST = /(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)/;
const PORT_NUMBER = /(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])/;

/** `host` or `host:port`, as a scrape address. */
export const address = z.string(ADDRESS).regex(
  new RegExp(`^${HOST.source}(?::${PORT_NUMBER.source})?$`),
  ADDRESS,
);

/** Labels to put on every sample of a target. */
export const labels = z.record(
  z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, {
    error: "expected a label name: letters, digits and _, not starting with a digit",
  })
    .refine((label) => !label.startsWith("__"), {
      error: 'expected a label name that does not start with "__", which Prometheus keeps for itself',
    }),
  z.string("expected a label value: text in quotes"),
);

/** A matcher in Alertmanager's own syntax: name, operator, value (quoted or not). */
export const matcher = z.string().regex(
  /^\s*[a-zA-Z_:][a-zA-Z0-9_:]*\s*(=~|!~|!=|=)\s*("([^"\\]|\\.)*"|[^\s"{},]*)\s*$/,
  { error: 'expected a matcher such as severity="critical" or instance=~"web-.*"' },
);

/** An http(s) URL. */
export const httpUrl = z.url({ protocol: /^https?$/, error: URL });

/** A time zone, as the IANA names it. */
export const timezone = z.string(TIMEZONE).refine(isTimezone, TIMEZONE);

// Go knows a time zone by the name of its file, with capitals; ECMAScript takes it without, and an offset as well.
function isTimezone(zone: string): boolean {
  try {
    return Intl.DateTimeFormat("en", { timeZone: zone }) !== undefined &&
      /^[A-Z]\w*(?:[/+-]\w+)*$/.test(zone);
  } catch {
    return false;
  }
}
