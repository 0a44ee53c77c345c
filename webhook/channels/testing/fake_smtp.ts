/** An SMTP server on this machine that answers as a test tells it to: refusals, silence, conversations that are cut. */

/** What it answers: lines of the protocol, or nothing, or the end of the connection. */
export type SmtpReply = string | "hang" | "cut";

/** Commands, and the ends of a mail and of a greeting, that have an answer of their own. */
type Step =
  | "greeting"
  | "EHLO"
  | "STARTTLS"
  | "AUTH"
  | "MAIL"
  | "RCPT"
  | "DATA"
  | "body"
  | "end"
  | "QUIT"
  | "HELO";

/** A mail that was accepted. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly data: string;
  /** Whether it came through TLS. */
  readonly secure: boolean;
  /** What the login said, base64. */
  readonly auth?: string;
}

/** How it behaves. */
export interface FakeSmtpOptions {
  /** An address of this machine; 127.0.0.1 by default. */
  readonly hostname?: string;
  /** A certificate and its key, PEM: STARTTLS is offered, or TLS from the start. */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly fromTheStart?: boolean;
  /** What it says it can do besides STARTTLS. */
  readonly extensions?: readonly string[];
  /** Answers in place of the usual; a function is told the whole line. `body`: in the middle of the mail. */
  readonly replies?: Partial<Record<Step, SmtpReply | ((line: string) => SmtpReply | undefined)>>;
}

/** A server under a test's control. */
export interface FakeSmtp extends AsyncDisposable {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  /** Every line that came, of all connections; those of a mail left out. */
  readonly lines: readonly string[];
}

const USUAL: Readonly<Record<Step, string>> = {
  greeting: "220 fake.example ESMTP",
  EHLO: "",
  HELO: "250 fake.example",
  STARTTLS: "220 Go ahead",
  AUTH: "235 2.7.0 Welcome",
  MAIL: "250 2.1.0 Ok",
  RCPT: "250 2.1.5 Ok",
  DATA: "354 Go on",
  body: "",
  end: "250 2.0.0 Ok: queued",
  QUIT: "221 2.0.0 Bye",
};

/** Starts a server on a free port of 127.0.0.1; leaving its scope ends it and every conversation. */
export function fakeSmtp(
  { hostname = "127.0.0.1", tls, fromTheStart = false, extensions = [], replies = {} }: FakeSmtpOptions = {},
): FakeSmtp {
  const mails: ReceivedMail[] = [];
  const lines: string[] = [];
  const connections = new Set<Deno.Conn>();
  const under: Promise<void>[] = [];

  const listen = { hostname, port: 0 };
  const outer = fromTheStart && tls ? Deno.listenTls({ ...listen, ...tls }) : Deno.listen(listen);
  // Not every Deno that Vigie runs on can turn a server's connection into a secure one: it is led through a second server.
  const inner = tls && !fromTheStart ? Deno.listenTls({ ...listen, ...tls }) : undefined;

  function accept(listener: Deno.Listener<Deno.Conn>, secure: boolean, greets: boolean): Promise<void> {
    return (async () => {
      for await (const connection of listener) {
        connections.add(connection);
        under.push(
          converse(connection, secure, greets)
            .catch((error) => {
              // Whoever talks to it may go away at any time, or not like its certificate.
              if (!isGone(error)) throw error;
            })
            .finally(() => close(connection)),
        );
      }
    })();
  }

  function close(connection: Deno.Conn): void {
    if (connections.delete(connection)) connection.close();
  }

  async function converse(connection: Deno.Conn, secure: boolean, greets: boolean): Promise<void> {
    const said = readLines(connection);
    const encoder = new TextEncoder();
    /** @returns what was answered; undefined when the conversation ends. */
    const reply = async (step: Step, line = ""): Promise<string | undefined> => {
      const own = replies[step];
      const text = (typeof own === "function" ? own(line) : own) ?? USUAL[step];
      if (text === "cut") return undefined;
      if (text === "hang") {
        while (!(await said.next()).done);
        return undefined;
      }
      const bytes = encoder.encode(text.split("\n").map((line) => `${line}\r\n`).join(""));
      for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
      return text;
    };
    if (greets && await reply("greeting") === undefined) return;
    let mail = { from: "", to: [] as string[] };
    let auth: string | undefined;
    for await (const line of said) {
      lines.push(line);
      const verb = line.split(" ")[0]!.toUpperCase();
      if (verb === "EHLO" && replies.EHLO === undefined) {
        const offers = [...(inner && !secure ? ["STARTTLS"] : []), ...extensions];
        const all = ["fake.example", ...offers].map((offer, i) =>
          `250${i < offers.length ? "-" : " "}${offer}`
        );
        await connection.write(encoder.encode(`${all.join("\r\n")}\r\n`));
        continue;
      }
      if (verb === "STARTTLS" && !inner && replies.STARTTLS === undefined) {
        await connection.write(encoder.encode("502 5.5.1 Not implemented\r\n"));
        continue;
      }
      if (verb === "DATA") {
        if (await reply("DATA", line) === undefined) return;
        if (replies.body !== undefined) {
          await said.next();
          if (await reply("body") === undefined) return;
        }
        let data = "";
        for (let next = await said.next(); !next.done && next.value !== "."; next = await said.next()) {
          data += `${next.value.replace(/^\./, "")}\r\n`;
        }
        const answer = await reply("end", line);
        if (answer === undefined) return;
        if (answer.startsWith("2")) mails.push({ ...mail, data, secure, auth });
        mail = { from: "", to: [] };
        continue;
      }
      const step = (verb in USUAL ? verb : "HELO") as Step;
      const answer = await reply(step, line);
      if (answer === undefined) return;
      if (verb === "MAIL") mail.from = /<(.*?)>/.exec(line)?.[1] ?? "";
      if (verb === "RCPT" && answer.startsWith("2")) mail.to.push(/<(.*?)>/.exec(line)?.[1] ?? "");
      if (verb === "AUTH") auth = line.split(" ")[2];
      if (verb === "QUIT") return;
      if (verb === "STARTTLS" && inner && replies.STARTTLS === undefined) {
        return await throughTls(connection, said);
      }
    }
  }

  async function throughTls(connection: Deno.Conn, said: ReturnType<typeof readLines>): Promise<void> {
    // Ends the reader: from here on there are no lines.
    await said.return();
    const { port } = inner!.addr as Deno.NetAddr;
    const second = await Deno.connect({ hostname, port });
    connections.add(second);
    try {
      await Promise.all([
        copy(connection, second).finally(() => close(second)),
        copy(second, connection).finally(() => close(connection)),
      ]);
    } finally {
      close(second);
    }
  }

  const accepting = [accept(outer, fromTheStart, true), ...(inner ? [accept(inner, true, false)] : [])];
  return {
    port: (outer.addr as Deno.NetAddr).port,
    mails,
    lines,
    async [Symbol.asyncDispose]() {
      outer.close();
      inner?.close();
      await Promise.all(accepting);
      for (const connection of connections) close(connection);
      await Promise.all(under);
    },
  };
}

async function* readLines(connection: Deno.Conn): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  const chunk = new Uint8Array(16 * 1024);
  let text = "";
  for (;;) {
    const end = text.indexOf("\r\n");
    if (end !== -1) {
      const line = text.slice(0, end);
      text = text.slice(end + 2);
      yield line;
      continue;
    }
    const count = await connection.read(chunk);
    if (count === null) return;
    text += decoder.decode(chunk.subarray(0, count), { stream: true });
  }
}

async function copy(from: Deno.Conn, to: Deno.Conn): Promise<void> {
  const chunk = new Uint8Array(16 * 1024);
  try {
    for (let count = await from.read(chunk); count !== null; count = await from.read(chunk)) {
      for (let sent = 0; sent < count;) sent += await to.write(chunk.subarray(sent, count));
    }
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

function isGone(error: unknown): boolean {
  const { errors } = Deno;
  const kinds = [
    errors.BadResource,
    errors.BrokenPipe,
    errors.ConnectionReset,
    errors.ConnectionAborted,
    errors.Interrupted,
    errors.InvalidData,
    errors.UnexpectedEof,
  ];
  return kinds.some((kind) => error instanceof kind);
}
