/** Whether a service still answers: a process that lives may hang. */

/** Where a service answers. */
export interface Door {
  readonly hostname: string;
  readonly port: number;
  readonly path: string;
}

/** When a service that answered once is taken to hang. */
export interface LifeSigns extends Door {
  /** Time between two questions, milliseconds. */
  readonly everyMs: number;
  /** How long an answer may take, milliseconds. */
  readonly patienceMs: number;
  /** After so many questions in a row without an answer it is killed, and started again. */
  readonly misses: number;
}

/**
 * Whether anything comes back from `door` within `patienceMs`: a refusal or an error is a sign of life too. Without `fetch`, which would
 * cost the supervisor some megabytes.
 */
export async function givesSign({ hostname, port, path }: Door, patienceMs: number): Promise<boolean> {
  let connection: Deno.TcpConn | undefined;
  let isOver = false;
  const leave = () => {
    isOver = true;
    connection?.close();
    connection = undefined;
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<false>((resolve) =>
    timer = setTimeout(() => {
      leave();
      resolve(false);
    }, patienceMs)
  );
  const question = (async () => {
    connection = await Deno.connect({ hostname, port });
    if (isOver) {
      leave();
      return false;
    }
    const request = `GET ${path} HTTP/1.0\r\nHost: ${hostname}\r\nConnection: close\r\n\r\n`;
    await connection.write(new TextEncoder().encode(request));
    return await connection.read(new Uint8Array(1)) !== null;
  })().catch(() => false);
  const answer = await Promise.race([question, patience]);
  clearTimeout(timer);
  if (!isOver) leave();
  return answer;
}
