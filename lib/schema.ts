/** Building blocks of the configuration's schema: strings with a meaning, checked. */

import * as z from "zod";
import { bytes, durationMs } from "./units.ts";

function readable(read: (text: string) => number): (text: string) => boolean {
  return (text) => {
    try {
      return read(text) > 0;
    } catch {
      return false;
    }
  };
}

/** A duration above zero, as Prometheus writes them. */
export const duration = z.string().refine(readable(durationMs), {
  error: 'expected a duration such as "15s", "5m" or "1h30m"',
});

/** A size above zero, as Prometheus writes them (powers of 1024). */
export const size = z.string().refine(readable(bytes), {
  error: 'expected a size such as "512MB" or "5GB"',
});

/** A TCP port. */
export const port = z.int().min(1, "expected a port from 1 to 65535").max(
  65535,
  "expected a port from 1 to 65535",
);

/** A name that is also safe as a file name, a label value and a container name. */
export const name = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, {
  error: 'expected lower-case letters, digits, "-" and "_", at most 63, such as "web-1"',
});

/** `host` or `host:port`, as a scrape address. */
export const address = z.string().regex(
  /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)(:\d{1,5})?$/,
  {
    error: 'expected a host name or an address, with a port if need be, such as "10.0.0.7:9100"',
  },
);

/** Labels to put on every sample of a target. */
export const labels = z.record(
  z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, {
    error: "expected a label name: letters, digits and _, not starting with a digit",
  })
    .refine((label) => !label.startsWith("__"), {
      error: 'expected a label name that does not start with "__", which Prometheus keeps for itself',
    }),
  z.string(),
);

/** An http(s) URL. */
export const httpUrl = z.url({
  protocol: /^https?$/,
  error: 'expected an http or https URL such as "https://example.org/health"',
});
