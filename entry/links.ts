/** What the other domains tell the entry: plain data. */

import type { Tls } from "./schema.ts";

/** What the entry has to know of the stack: plain data, from tasks/render.ts. */
export interface EntryLinks {
  /** The stack's name. */
  readonly stack: string;
  readonly tls: Exclude<Tls, { mode: "off" }>;
  /** Name or address that people type. */
  readonly name: string;
  /** Further names, which lead to the first. */
  readonly aliases: readonly string[];
  readonly hsts: boolean;
  /** Address that it listens on; every one of its machine when left out, as in a container. */
  readonly bind?: string;
  /** Ports that it listens on. */
  readonly ports: { readonly https: number; readonly http: number; readonly metrics: number };
  /** Address that its metrics are bound to; every one of its machine when left out. */
  readonly metricsBind?: string;
  /** Path of the socket at which it takes new configuration: absolute, or from the directory that it is started in. */
  readonly admin: string;
  /** Directory of its authority, accounts and certificates; where its environment says when left out. */
  readonly storage?: string;
  /** Where it sees the certificate and its key, with `tls.mode` "files". */
  readonly files?: { readonly certificate: string; readonly key: string };
  /** Where it sees the root of `tls.root`, with `tls.mode` "acme". */
  readonly acmeRoot?: string;
  /** `host:port` of the webhook, which is the gate. */
  readonly gate: string;
  /** The services that it leads to, the webhook first. */
  readonly services: readonly EntryService[];
}

/** A service behind the entry. */
export interface EntryService {
  readonly name: string;
  /** `host:port`, as the entry reaches it. */
  readonly address: string;
  /** URL as people reach it, without a slash at its end. */
  readonly url: string;
  /** Paths, as the service has them, that nobody may ask for through the entry. */
  readonly closed: readonly string[];
  /** Paths, as the service has them, that are answered before it is known who asks; `"*"` for all, as the service asks itself. */
  readonly open: readonly string[];
  /** Path that whoever asks for its first page is led to; left out when it has a page of its own. */
  readonly home?: string;
}
