/** Asking the entry by names that lead nowhere on this machine. */

/** Where the entry is, and whom to trust. */
export interface NamedEntry {
  readonly address: string;
  readonly port: number;
  /** PEM text of the root. */
  readonly ca: string;
}

/** What it answered. */
export interface NamedAnswer {
  readonly status: number;
  readonly headers: Headers;
}

/** Asks for `url`, at the entry's address whatever its name leads to. @throws when its certificate is not for that name. */
export async function askByName(
  { address, port, ca }: NamedEntry,
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<NamedAnswer> {
  const { protocol, host, hostname, pathname, search } = new URL(url);
  const plain = await Deno.connect({ hostname: address, port });
  using connection = protocol === "http:" ? plain : await Deno.startTls(plain, { hostname, caCerts: [ca] });
  const lines = Object.entries({ ...headers, host, connection: "close" }).map(([name, value]) =>
    `${name}: ${value}\r\n`
  );
  const asked = new TextEncoder().encode(`GET ${pathname}${search} HTTP/1.1\r\n${lines.join("")}\r\n`);
  for (let sent = 0; sent < asked.length;) sent += await connection.write(asked.subarray(sent));
  const [head = ""] = (await textOf(connection)).split("\r\n\r\n", 1);
  const [first = "", ...fields] = head.split("\r\n");
  return {
    status: Number(first.split(" ")[1]),
    headers: new Headers(fields.map((field): [string, string] => {
      const colon = field.indexOf(":");
      return [field.slice(0, colon), field.slice(colon + 1).trim()];
    })),
  };
}

async function textOf(connection: Deno.Conn): Promise<string> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(64 * 1024);
  let text = "";
  // What comes after the head is not wanted.
  while (!text.includes("\r\n\r\n")) {
    const count = await connection.read(buffer);
    if (count === null) break;
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
  return text;
}
