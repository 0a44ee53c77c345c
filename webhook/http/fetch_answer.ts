/** From a request as the server reads it to one as the web's `fetch` handlers take it, and back. */

import type { Answer, AnswerRequest, IncomingBody } from "./answer.ts";
import type { Head } from "./request_reader.ts";

/** What a handler gets beside the request, which is without its body. */
export interface FetchBindings {
  readonly head: Head;
  readonly body: IncomingBody;
}

// `Request` refuses them; a handler has no route for them, and says which ones it has. Source: fetch.spec.whatwg.org, "forbidden method".
const UNKNOWN_TO_FETCH = /^(?:CONNECT|TRACE|TRACK)$/i;

// Everything else is short: it is known whole before the first byte of it is sent.
const EVENTS = "text/event-stream";

/** Lets a `fetch` handler, such as a Hono application's, answer. */
export function answerByFetch(
  handle: (request: Request, bindings: FetchBindings) => Response | Promise<Response>,
): AnswerRequest {
  return async (head, body) => {
    let request: Request;
    try {
      // The host that the client names is not to be trusted, and nothing here depends on it.
      const url = head.target.startsWith("/") ? `http://webhook${head.target}` : head.target;
      const method = UNKNOWN_TO_FETCH.test(head.method) ? "UNKNOWN" : head.method;
      request = new Request(url, { method, headers: [...head.headers] });
    } catch {
      return { status: 400, body: "The request's target or method is not valid\n" };
    }
    return toAnswer(await handle(request, { head, body }));
  };
}

async function toAnswer(response: Response): Promise<Answer> {
  const headers: Record<string, string> = {};
  response.headers.forEach((value, name) => {
    if (name !== "content-length" && name !== "connection") headers[name] = value;
  });
  const { status, body } = response;
  if (body && headers["content-type"]?.startsWith(EVENTS)) return { status, headers, body };
  return { status, headers, body: new Uint8Array(await response.arrayBuffer()) };
}

/** The head of a request that no server of ours has read. */
export function headOf(request: Request): Head {
  const { pathname, search } = new URL(request.url);
  return {
    method: request.method,
    target: pathname + search,
    path: pathname,
    headers: new Map(request.headers),
    length: undefined,
    keepAlive: true,
    expectsContinue: false,
  };
}

/** The body of a request that no server of ours has read. */
export function incoming(stream: ReadableStream<Uint8Array> | null): IncomingBody {
  if (!stream) return { whole: () => new Uint8Array(), async *[Symbol.asyncIterator]() {} };
  return { whole: () => undefined, [Symbol.asyncIterator]: () => stream[Symbol.asyncIterator]() };
}
