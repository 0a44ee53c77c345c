/** Asking the entry by names that lead nowhere on this machine. */

import { request as requestPlainly } from "node:http";
import { request } from "node:https";

/** Where the entry is, and whom to trust. */
export interface NamedEntry {
  readonly address: string;
  readonly port: number;
  /** PEM text of the root. */
  readonly ca: string;
}

/** What it answered. */
export interface NamedAnswer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Asks for `url`, at the entry's address whatever its name leads to. @throws when its certificate is not for that name. */
export function askByName(
  { address, port, ca }: NamedEntry,
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<NamedAnswer> {
  const { protocol, host, hostname, pathname, search } = new URL(url);
  const ask = protocol === "http:" ? requestPlainly : request;
  return new Promise((resolve, reject) => {
    const asked = ask({
      ...{ host: address, port, servername: hostname, ca, agent: false },
      path: pathname + search,
      headers: { ...headers, host },
    }, (answer) => {
      answer.resume();
      answer.on("end", () => resolve({ status: answer.statusCode, headers: answer.headers }));
      answer.on("error", reject);
    });
    asked.on("error", reject);
    asked.end();
  });
}
