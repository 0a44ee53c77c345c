/** One client's connection: requests are read from it, one after another, and answered. */

import { type AnswerRequest, httpDate, type IncomingBody, serializeAnswer } from "./answer.ts";
import { BadRequest, createRequestReader, type Head, type RequestReader } from "./request_reader.ts";

/** The part of a socket that a connection needs; `Deno.Conn` has it. */
export interface Socket {
  /** @returns how many bytes came; null at the end. */
  read(into: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  closeWrite(): Promise<void>;
  close(): void;
}

/** The client left, or stopped sending, before the end of its body. */
export class BodyCutShort extends Error {
  override readonly name = "BodyCutShort";
}

interface Deadlines {
  readonly headMs: number;
  readonly bodyMs: number;
  readonly answerMs: number;
  readonly idleMs: number;
}

/** What the connection waits for: a first byte, a whole head, a whole body, the answer to be made and taken, or more of a stream. */
type Phase = "idle" | "head" | "body" | "answer" | "stream";

// What a client may still be sending when it is answered early; reading it lets it see the answer instead of a reset.
const DRAIN_BYTES = 256 * 1024;
const COURTESY_MS = 250;
const encoder = new TextEncoder();

/** Serves one connection. It owns the socket and closes it. */
export class Connection {
  readonly #socket: Socket;
  readonly #answer: AnswerRequest;
  readonly #deadlines: () => Deadlines;
  readonly #onError: (error: unknown) => void;
  readonly #reader: RequestReader = createRequestReader();
  #deadline: number;
  #phase: Phase = "head";
  #last = false;
  #closed = false;
  #timedOut = false;
  #stream: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #leaving: Promise<void> | undefined;

  constructor(
    socket: Socket,
    answer: AnswerRequest,
    deadlines: () => Deadlines,
    onError: (error: unknown) => void,
  ) {
    this.#socket = socket;
    this.#answer = answer;
    this.#deadlines = deadlines;
    this.#onError = onError;
    this.#deadline = performance.now() + deadlines().headMs;
  }

  /** Answers requests until the client leaves. Never rejects. */
  async run(): Promise<void> {
    try {
      do {
        const head = await this.#nextHead();
        if (!head) return;
        await this.#exchange(head);
      } while (!this.#last);
    } catch (error) {
      if (error instanceof BadRequest) await this.#refuseWith(error.status, error.message);
      else if (!this.#closed && !isDisconnect(error)) this.#onError(error);
    } finally {
      this.close();
      await this.#leaving;
    }
  }

  /** Says that there are too many connections. Never rejects. */
  async refuse(): Promise<void> {
    await this.#refuseWith(503, "Too many connections");
    this.close();
  }

  /** Closes the connection when its deadline is over. @param now As performance.now(). */
  enforce(now: number): void {
    if (this.#closed || now < this.#deadline) return;
    if (this.#timedOut || (this.#phase !== "head" && this.#phase !== "body")) return this.close();
    this.#timedOut = true;
    // The answer is a courtesy: it goes into the socket's buffer at once, or the client is not listening.
    this.#deadline = now + COURTESY_MS;
    this.#refuseWith(408, "Request timeout").finally(() => this.close());
  }

  /** Ends it after the request in flight, or now if there is none. */
  finish(): void {
    this.#last = true;
    if (this.#phase === "idle" || this.#phase === "head" || this.#stream) this.close();
  }

  /** Ends it now. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
    // Whoever makes the stream is to know that nobody reads it any more.
    this.#stream?.cancel().catch(this.#onError);
  }

  async #nextHead(): Promise<Head | undefined> {
    for (;;) {
      const head = this.#reader.next();
      if (head) return head;
      if (!await this.#pump()) return undefined;
      if (this.#phase === "idle") this.#enter("head", this.#deadlines().headMs);
    }
  }

  async #pump(): Promise<boolean> {
    const count = await this.#socket.read(this.#reader.space());
    if (count === null) return false;
    this.#reader.filled(count);
    return true;
  }

  #enter(phase: Phase, ms: number): void {
    this.#phase = phase;
    this.#deadline = performance.now() + ms;
  }

  async #exchange(head: Head): Promise<void> {
    if (this.#reader.hasWhole()) this.#enter("answer", this.#deadlines().answerMs);
    else this.#enter("body", this.#deadlines().bodyMs);
    if (!head.keepAlive) this.#last = true;
    const answering = this.#answer(head, this.#body(head));
    const answer = answering instanceof Promise ? await answering : answering;
    const { body } = answer;
    if (this.#closed || this.#timedOut) {
      if (body instanceof ReadableStream) await body.cancel();
      return;
    }
    // From here on closing tells whoever makes the stream, also when the head cannot be sent any more.
    if (body instanceof ReadableStream) this.#stream = body.getReader();
    const unread = !this.#reader.bodyComplete();
    if (unread || this.#stream) this.#last = true;
    this.#enter("answer", this.#deadlines().answerMs);
    await this.#write(serializeAnswer(answer, head.method, this.#last, httpDate(Date.now())));
    if (this.#stream) return head.method === "HEAD" ? undefined : await this.#send(this.#stream);
    if (unread) await this.#drain();
    else if (this.#last) return;
    // The next request may have begun already.
    else if (this.#reader.hasMore()) this.#enter("head", this.#deadlines().headMs);
    else this.#enter("idle", this.#deadlines().idleMs);
  }

  /** Sends a stream until it ends or the client leaves. It may be silent for as long as it likes; what it says must be taken in time. */
  async #send(stream: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    this.#leaving = this.#closeWhenLeft();
    for (;;) {
      this.#enter("stream", Infinity);
      const { done, value } = await stream.read();
      if (done || this.#closed) return;
      this.#enter("answer", this.#deadlines().answerMs);
      await this.#write(value);
    }
  }

  /** A stream may be silent for long: of a client that leaves meanwhile nothing is told but the end of what it sends. */
  async #closeWhenLeft(): Promise<void> {
    const discarded = new Uint8Array(1_024);
    try {
      for (let left = DRAIN_BYTES; left > 0;) {
        const count = await this.#socket.read(discarded);
        if (count === null) break;
        left -= count;
      }
    } catch (error) {
      if (!this.#closed && !isDisconnect(error)) this.#onError(error);
    }
    this.close();
  }

  #body(head: Head): IncomingBody {
    return {
      whole: () => this.#wholeBody(),
      [Symbol.asyncIterator]: () => this.#pieces(head),
    };
  }

  #wholeBody(): Uint8Array | undefined {
    const body = this.#reader.takeWhole();
    if (body && this.#phase !== "answer") this.#enter("answer", this.#deadlines().answerMs);
    return body;
  }

  async *#pieces(head: Head): AsyncGenerator<Uint8Array> {
    if (head.expectsContinue && !this.#reader.bodyComplete()) {
      await this.#write(encoder.encode("HTTP/1.1 100 Continue\r\n\r\n"));
    }
    for (;;) {
      for (let piece = this.#reader.takeBody(); piece; piece = this.#reader.takeBody()) yield piece;
      if (this.#reader.bodyComplete()) {
        // The deadline was for the client to send; what the application does with it takes the time it takes.
        this.#enter("answer", this.#deadlines().answerMs);
        return;
      }
      if (!await this.#pump().catch(() => false)) {
        throw new BodyCutShort("The body is shorter than announced");
      }
    }
  }

  /** Closes our side first, so that the answer is not lost to a reset while the client still sends. */
  async #drain(): Promise<void> {
    await this.#socket.closeWrite();
    const discarded = new Uint8Array(16 * 1024);
    for (let left = DRAIN_BYTES; left > 0;) {
      const count = await this.#socket.read(discarded);
      if (count === null) return;
      left -= count;
    }
  }

  async #refuseWith(status: number, reason: string): Promise<void> {
    try {
      await this.#write(serializeAnswer({ status, body: `${reason}\n` }, "GET", true, httpDate(Date.now())));
    } catch {
      // The client is gone, and with it whom this was meant for.
    }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) sent += await this.#socket.write(bytes.subarray(sent));
  }
}

function isDisconnect(error: unknown): boolean {
  return error instanceof BodyCutShort || error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.ConnectionAborted ||
    error instanceof Deno.errors.Interrupted || error instanceof Deno.errors.BadResource ||
    error instanceof Deno.errors.NotConnected || error instanceof Deno.errors.UnexpectedEof ||
    // It does not speak TLS.
    error instanceof Deno.errors.InvalidData;
}
