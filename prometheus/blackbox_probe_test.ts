import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { moduleName } from "./blackbox.ts";
import type { Probe } from "./schema.ts";
import { exampleFiles, MEASURE, measure } from "./testing/example.ts";
import { startServer, withFiles } from "./testing/programs.ts";

const NAME = "example.org";
// Header flags of an answer without error, and of one that says there is no such name.
const NO_ERROR = 0x8180;
const NO_SUCH_NAME = 0x8183;

Deno.test("blackboxConfig tells right answers from wrong ones, with the real exporter", async (t) => {
  await using web = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, answerHttp);
  const dns = createSocket("udp4").on(
    "message",
    (query, { port, address }) => dns.send(answerDns(query), port, address),
  );
  dns.bind(0, "127.0.0.1");
  await once(dns, "listening");
  try {
    const site = `http://127.0.0.1:${web.addr.port}`;
    const resolver = `127.0.0.1:${(dns.address() as AddressInfo).port}`;
    const { probes } = measure({
      probes: [
        { name: "ok", kind: "http", target: `${site}/200` },
        { name: "not-found", kind: "http", target: `${site}/404` },
        { name: "wanted-404", kind: "http", target: `${site}/404`, status: [404] },
        { name: "followed", kind: "http", target: `${site}/301` },
        { name: "wanted-301", kind: "http", target: `${site}/301`, status: [301] },
        { name: "body", kind: "http", target: `${site}/200`, body: "hel+o" },
        { name: "other-body", kind: "http", target: `${site}/200`, body: "^bye" },
        { name: "open", kind: "tcp", target: `127.0.0.1:${web.addr.port}` },
        { name: "no-tls", kind: "tcp", target: `127.0.0.1:${web.addr.port}`, tls: true },
        { name: "record", kind: "dns", target: resolver, query: NAME },
        { name: "no-record", kind: "dns", target: resolver, query: NAME, type: "MX" },
        { name: "no-name", kind: "dns", target: resolver, query: `no.${NAME}` },
      ],
    });
    const wrong = ["not-found", "other-body", "no-tls", "no-record", "no-name"];
    await withFiles(exampleFiles({ ...MEASURE, probes }), async (directory) => {
      await using exporter = await startServer("blackbox_exporter", directory);
      for (const probe of probes) {
        const isRight = !wrong.includes(probe.name);
        await t.step(`${probe.name} ${isRight ? "succeeds" : "fails"}`, async () => {
          assert.equal(await probeSuccess(exporter.url, probe), isRight ? 1 : 0);
        });
      }
    });
  } finally {
    dns.close();
    await once(dns, "close");
  }
});

async function probeSuccess(exporter: string, probe: Probe): Promise<number> {
  const query = new URLSearchParams({ module: moduleName(probe), target: probe.target });
  const response = await fetch(`${exporter}/probe?${query}`);
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return Number(/^probe_success (\d)$/m.exec(text)?.[1]);
}

function answerHttp(request: Request): Response {
  const { pathname, origin } = new URL(request.url);
  if (pathname === "/301") return Response.redirect(`${origin}/200`, 301);
  return new Response("hello", { status: pathname === "/200" ? 200 : 404 });
}

/** One A record for NAME, no record of another type, an error for any other name. Source: RFC 1035, section 4. */
function answerDns(query: Uint8Array): Uint8Array {
  const labels: string[] = [];
  let at = 12;
  for (; query[at] !== 0; at += query[at]! + 1) {
    labels.push(new TextDecoder().decode(query.subarray(at + 1, at + 1 + query[at]!)));
  }
  const question = query.slice(12, at + 5);
  const isKnown = labels.join(".").toLowerCase() === NAME;
  const hasRecord = isKnown && query[at + 2] === 1;
  const header = new DataView(new ArrayBuffer(12));
  header.setUint16(0, new DataView(query.buffer, query.byteOffset).getUint16(0));
  header.setUint16(2, isKnown ? NO_ERROR : NO_SUCH_NAME);
  header.setUint16(4, 1);
  header.setUint16(6, hasRecord ? 1 : 0);
  // A pointer to the question's name, type A, class IN, 60 s, four bytes of address.
  const record = hasRecord ? [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1] : [];
  return new Uint8Array([...new Uint8Array(header.buffer), ...question, ...record]);
}
