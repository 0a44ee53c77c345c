/** A destination on this machine that answers as a test tells it to: refusals, slowness, half answers. */

/** One answer. */
export interface Reply {
  /** 200 by default. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is, anything else as JSON; empty by default. */
  readonly body?: unknown;
  /** Answers not before this, milliseconds. */
  readonly delayMs?: number;
  /** `hang`: never answers. `cut`: closes the connection in place of the answer. `cutBody`: closes it in the middle of the body. */
  readonly instead?: "hang" | "cut" | "cutBody";
}

/** A request as it came. */
export interface ReceivedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body as it came. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What answers a request. */
export type Answer = Reply | ((request: ReceivedRequest) => Reply);

/** A destination under a test's control. */
export interface FakeDestination extends AsyncDisposable {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** What came, in order. */
  readonly requests: readonly ReceivedRequest[];
  /** Answers the next requests, one each, in order. */
  answer(...next: readonly Answer[]): void;
  /** Answers requests for which no answer is left; a plain 200 by default. */
  otherwise(answer: Answer): void;
  /** Resolves when `count` requests have come since the start. */
  received(count: number): Promise<void>;
}

/** Starts a destination on a free port of 127.0.0.1; leaving its scope ends it and every request that hangs. */
export function fakeDestination(): FakeDestination {
  const requests: ReceivedRequest[] = [];
  const queue: Answer[] = [];
  const connections = new Set<Deno.TcpConn>();
  const left = new AbortController();
  let waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  let last: Answer = {};

  async function serve(connection: Deno.TcpConn): Promise<void> {
    const request = await readRequest(connection);
    if (!request) return;
    const next = queue.shift() ?? last;
    requests.push(request);
    waiting = waiting.filter(({ count, resolve }) => count > requests.length || void resolve());
    const reply = typeof next === "function" ? next(request) : next;
    if (reply.delayMs !== undefined) await pause(reply.delayMs, left.signal);
    // Whoever asked goes away first.
    if (reply.instead === "hang") { while (await connection.read(new Uint8Array(1)) !== null); }
    else await writeReply(connection, reply);
  }

  // Node's server, as Deno has it, cannot cut a connection in every version that Vigie runs on.
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const under: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const connection of listener) {
      connections.add(connection);
      under.push(
        serve(connection)
          // A sender that goes away in the middle is no concern of the destination.
          .catch((error) => {
            if (!isGone(error)) throw error;
          })
          .finally(() => connections.delete(connection) && connection.close()),
      );
    }
  })();

  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    requests,
    answer: (...next) => void queue.push(...next),
    otherwise: (answer) => void (last = answer),
    received: (count) =>
      requests.length >= count
        ? Promise.resolve()
        : new Promise((resolve) => void waiting.push({ count, resolve })),
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      left.abort();
      for (const connection of connections) {
        connections.delete(connection);
        connection.close();
      }
      await Promise.all(under);
    },
  };
}

function isGone(error: unknown): boolean {
  const { errors } = Deno;
  const kinds = [errors.BadResource, errors.BrokenPipe, errors.ConnectionReset, errors.Interrupted];
  return kinds.some((kind) => error instanceof kind);
}

/** A request with `Content-Length` or without a body, which is all that `fetch` sends; undefined when it ends early. */
async function readRequest(connection: Deno.TcpConn): Promise<ReceivedRequest | undefined> {
  const chunk = new Uint8Array(64 * 1024);
  let bytes: Uint8Array<ArrayBuffer> = new Uint8Array();
  let end = -1;
  let needed = Infinity;
  let head: readonly string[] = [];
  while (bytes.length < needed) {
    const count = await connection.read(chunk);
    if (count === null) return undefined;
    const longer = new Uint8Array(bytes.length + count);
    longer.set(bytes);
    longer.set(chunk.subarray(0, count), bytes.length);
    bytes = longer;
    if (end !== -1) continue;
    // Latin-1 keeps one character a byte.
    const text = new TextDecoder("latin1").decode(bytes);
    end = text.indexOf("\r\n\r\n");
    if (end === -1) continue;
    head = text.slice(0, end).split("\r\n");
    needed = end + 4 + Number(headersOf(head)["content-length"] ?? 0);
  }
  const [method = "", path = ""] = head[0]!.split(" ");
  const body = bytes.subarray(end + 4, needed);
  return { method, path, headers: headersOf(head), body: new TextDecoder().decode(body), bytes: body };
}

/** The form in the body of a request; rejects when it is none. */
export function formIn({ headers, bytes }: ReceivedRequest): Promise<FormData> {
  return new Response(bytes, { headers: { "content-type": headers["content-type"] ?? "" } }).formData();
}

function headersOf([, ...lines]: readonly string[]): Record<string, string> {
  return Object.fromEntries(lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  }));
}

async function writeReply(connection: Deno.TcpConn, reply: Reply): Promise<void> {
  const { status = 200, headers, body = "", instead } = reply;
  if (instead === "cut") return;
  const bytes = new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body));
  const fields = {
    "content-type": typeof body === "string" ? "text/plain" : "application/json",
    ...(status === 204 ? {} : { "content-length": String(bytes.length) }),
    // Each request has a connection of its own, so that none outlives its test.
    "connection": "close",
    ...headers,
  };
  const head = [
    `HTTP/1.1 ${status} -`,
    ...Object.entries(fields).map(([name, value]) => `${name}: ${value}`),
  ];
  const sent = instead === "cutBody" ? bytes.subarray(0, Math.floor(bytes.length / 2)) : bytes;
  // Not by `writable`, which closes the connection by itself when the other side is gone.
  await writeAll(connection, new TextEncoder().encode(`${head.join("\r\n")}\r\n\r\n`));
  await writeAll(connection, sent);
}

async function writeAll(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await connection.write(bytes.subarray(done));
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
