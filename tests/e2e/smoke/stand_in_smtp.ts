/** For tests: a mail server that takes every message and keeps its text. */

/** A mail server on a free port. */
export interface StandInSmtp extends AsyncDisposable {
  /** `host:port`. */
  readonly address: string;
  readonly messages: readonly string[];
}

/** Speaks as much of RFC 5321 as Alertmanager needs to hand a message over. */
export function standInSmtp(): StandInSmtp {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const messages: string[] = [];
  const serving = (async () => {
    for await (const connection of listener) await converse(connection, messages);
  })();
  return {
    address: `127.0.0.1:${listener.addr.port}`,
    messages,
    async [Symbol.asyncDispose]() {
      listener.close();
      await serving;
    },
  };
}

async function converse(connection: Deno.Conn, messages: string[]): Promise<void> {
  const writer = connection.writable.getWriter();
  const say = (line: string) => writer.write(new TextEncoder().encode(`${line}\r\n`));
  await say("220 localhost");
  let message: string | undefined;
  let rest = "";
  for await (const piece of connection.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + piece).split("\r\n");
    rest = lines.pop()!;
    for (const line of lines) {
      if (message !== undefined && line !== ".") message += `${line}\n`;
      else if (message !== undefined) {
        messages.push(message);
        message = undefined;
        await say("250 taken");
      } else if (/^DATA$/i.test(line)) {
        message = "";
        await say("354 go on");
      } else if (/^QUIT$/i.test(line)) {
        await say("221 bye");
        await writer.close();
        return;
      } else await say("250 localhost");
    }
  }
}
