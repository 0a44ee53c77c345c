/** What the stack that is recorded asks and tells: a web site, a receiver of notifications, a DNS server. */

import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

/** Servers on 127.0.0.1, until the end of the block. */
export interface OutsideWorld extends AsyncDisposable {
  /** Of the web site: GET and POST answer 200. */
  readonly url: string;
  /** Of the DNS server: every name has one address. */
  readonly dnsPort: number;
}

/** Starts them. */
export async function outsideWorld(): Promise<OutsideWorld> {
  const web = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    await request.body?.cancel();
    return new Response("ok");
  });
  const dns = createSocket("udp4").on(
    "message",
    (query, { port, address }) => dns.send(oneAddress(query), port, address),
  );
  dns.bind(0, "127.0.0.1");
  await once(dns, "listening");
  return {
    url: `http://127.0.0.1:${web.addr.port}`,
    dnsPort: (dns.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      dns.close();
      await Promise.all([once(dns, "close"), web.shutdown()]);
    },
  };
}

/** An answer without error and with one A record, whatever was asked. Source: RFC 1035, section 4. */
function oneAddress(query: Uint8Array): Uint8Array {
  let at = 12;
  while (query[at] !== 0) at += query[at]! + 1;
  const question = query.slice(12, at + 5);
  const header = new DataView(new ArrayBuffer(12));
  header.setUint16(0, new DataView(query.buffer, query.byteOffset).getUint16(0));
  header.setUint16(2, 0x8180);
  header.setUint16(4, 1);
  header.setUint16(6, 1);
  // A pointer to the question's name, type A, class IN, 60 s, four bytes of address.
  const record = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1];
  return new Uint8Array([...new Uint8Array(header.buffer), ...question, ...record]);
}
