/** What an editor shows over a key of `defineStack({ … })`: asked of Deno's own language server. */

import assert from "node:assert/strict";
import { fileURLToPath, pathToFileURL } from "node:url";
import { join } from "node:path";

const PROJECT = fileURLToPath(new URL("../", import.meta.url));

// `^` stands before the key that the editor points at.
const CASES: readonly [code: string, documentation: string][] = [
  ["{ ^retention: {} }", "How long measurements are kept: whichever limit is reached first."],
  ["{ scrape: { ^interval: '15s' } }", "Time between two scrapes of a target."],
  ["{ ports: { ^'node-exporter': 9100 } }", "The node exporter."],
  ["{ services: { ^grafana: true } }", "Dashboards in the browser."],
  ["{ versions: { ^cadvisor: '0.56.2' } }", "cAdvisor; docker engine only."],
  [
    "{ hosts: [{ name: 'a', ^address: 'b' }] }",
    "Where its node exporter listens, `host:port`; left out for this machine, whose exporter the stack runs.",
  ],
  ["{ probes: [{ name: 'a', kind: 'dns', target: 'b', ^query: 'c' }] }", "Name to look up."],
  [
    "{ notify: { routes: [{ matchers: [], ^receiver: 'a' }] } }",
    "Receiver of the alerts that match; `nobody` is always there.",
  ],
  [
    "{ notify: { receivers: { a: [{ kind: 'slack', ^urlFile: 'b' }] } } }",
    "File that holds the address to send to, which is a secret.",
  ],
  [
    "{ notify: { receivers: { a: [{ kind: 'ntfy', ^topic: 'b' }] } } }",
    "The topic; on a server that anybody may read, its name is what keeps it private.",
  ],
  [
    "{ notify: { receivers: { a: [{ kind: 'console', ^fallback: 'b' }] } } }",
    "The channel that is told what this one could not be told.",
  ],
  ["{ webhook: { watchdog: { ^within: '5m' } } }", "How long it may stay away; a minute at least."],
];

Deno.test("an editor shows the documentation of each key of defineStack", async () => {
  await using server = await startLanguageServer();
  for (const [code, documentation] of CASES) {
    const shown = await server.hover(
      `import { defineStack } from "vigie";\nexport default defineStack(${code});\n`,
    );
    assert.ok(shown.endsWith(documentation), `${code}: ${shown}`);
  }
});

/** Deno's language server, with one document open at a time. */
async function startLanguageServer() {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["lsp", "--quiet"],
    cwd: PROJECT,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  const uri = pathToFileURL(join(PROJECT, "config.ts")).href;
  const waiting = new Map<number, (result: unknown) => void>();
  let last = 0;

  const send = async (message: Record<string, unknown>) => {
    const body = new TextEncoder().encode(JSON.stringify({ jsonrpc: "2.0", ...message }));
    await writer.write(new TextEncoder().encode(`Content-Length: ${body.length}\r\n\r\n`));
    await writer.write(body);
  };
  const request = async (method: string, params: unknown): Promise<unknown> => {
    const id = ++last;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    waiting.set(id, resolve);
    await send({ id, method, params });
    return await promise;
  };
  const reading = readMessages(child.stdout, async ({ id, method, params, result }) => {
    if (method === undefined) return waiting.get(id as number)?.(result);
    // The server asks for settings and waits for them.
    if (id === undefined) return;
    const items = (params as { items?: unknown[] } | undefined)?.items;
    await send({ id, result: items ? items.map(() => ({ enable: true })) : null });
  });

  const capabilities = { workspace: { configuration: true } };
  const initializationOptions = { enable: true };
  await request("initialize", {
    processId: Deno.pid,
    rootUri: pathToFileURL(PROJECT).href,
    capabilities,
    initializationOptions,
  });
  await send({ method: "initialized", params: {} });

  return {
    /** Text shown over the `^` of a document, which is taken out first. */
    async hover(marked: string): Promise<string> {
      const before = marked.slice(0, marked.indexOf("^")).split("\n");
      const textDocument = { uri, languageId: "typescript", version: ++last, text: marked.replace("^", "") };
      await send({ method: "textDocument/didOpen", params: { textDocument } });
      const position = { line: before.length - 1, character: before.at(-1)!.length + 1 };
      const result = await request("textDocument/hover", { textDocument: { uri }, position });
      await send({ method: "textDocument/didClose", params: { textDocument: { uri } } });
      const contents = (result as { contents?: { value: string } } | null)?.contents;
      return contents?.value.trim() ?? "nothing";
    },
    async [Symbol.asyncDispose]() {
      await request("shutdown", null);
      await send({ method: "exit" });
      await writer.close();
      await reading;
      await child.status;
    },
  };
}

interface Message {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
}

async function readMessages(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  seen: (message: Message) => unknown,
): Promise<void> {
  let bytes = new Uint8Array();
  for await (const piece of stream) {
    bytes = new Uint8Array([...bytes, ...piece]);
    while (true) {
      const header = /^Content-Length: (\d+)\r\n(?:.+\r\n)*\r\n/.exec(
        new TextDecoder("latin1").decode(bytes),
      );
      const start = header?.[0].length ?? 0;
      const end = start + Number(header?.[1]);
      if (!header || bytes.length < end) break;
      await seen(JSON.parse(new TextDecoder().decode(bytes.subarray(start, end))));
      bytes = bytes.slice(end);
    }
  }
}
