import assert from "node:assert/strict";
import { join } from "node:path";
import { cacheSource, releasePlatform } from "./cache.ts";
import { releaseSource, sumOf } from "./release.ts";
import { makeArchive, sha256Of, temporaryDirectory, wantedOf } from "./testing.ts";

const { os, arch } = releasePlatform()!;
const FILE = `node_exporter-1.11.1.${os}-${arch}.tar.gz`;
const VERSION_LINE = "node_exporter, version 1.11.1 (branch: HEAD)";

/** A site with one release of node_exporter, whose answers a test can spoil. */
async function fakeSite(
  answer: (archive: Uint8Array<ArrayBuffer>, request: Request) => Response | undefined,
) {
  const directory = await temporaryDirectory();
  const archive = await makeArchive(directory.path, "node_exporter", VERSION_LINE);
  const sum = await sha256Of(archive);
  const requests: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname } = new URL(request.url);
    const range = request.headers.get("range");
    requests.push(`${request.method} ${pathname.split("/").at(-1)}${range ? ` ${range}` : ""}`);
    const spoiled = answer(archive, request);
    if (spoiled) return spoiled;
    if (pathname === "/") return new Response("hello");
    if (pathname.endsWith("/v1.11.1/sha256sums.txt")) {
      return new Response(`${"0".repeat(64)}  other\n${sum}  ${FILE}\n`);
    }
    if (!pathname.endsWith(`/v1.11.1/${FILE}`)) return new Response("no", { status: 404 });
    if (!range) return new Response(archive);
    const from = Number(/bytes=(\d+)-/.exec(range)![1]);
    return new Response(archive.subarray(from), { status: 206 });
  });
  const site = `http://127.0.0.1:${server.addr.port}`;
  const cacheDir = join(directory.path, "cache");
  return {
    requests,
    cacheDir,
    archive,
    wanted: wantedOf("node_exporter", "1.11.1", cacheDir),
    source: releaseSource({
      sites: { github: site, grafana: site },
      connectTimeoutMs: 500,
      stallTimeoutMs: 500,
      retries: 2,
    }),
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await directory[Symbol.asyncDispose]();
    },
  };
}

/** A server that answers its first connection with the beginning of `bytes` and cuts it. */
function cuttingServer(bytes: Uint8Array<ArrayBuffer>, length: number) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const done = (async () => {
    using connection = await listener.accept();
    await connection.read(new Uint8Array(4096));
    const head = new TextEncoder().encode(`HTTP/1.1 200 OK\r\ncontent-length: ${length}\r\n\r\n`);
    await connection.write(new Uint8Array([...head, ...bytes]));
  })();
  return { url: `http://127.0.0.1:${listener.addr.port}/`, done, [Symbol.dispose]: () => listener.close() };
}

async function isEmptyOrMissing(directory: string): Promise<boolean> {
  return (await Array.fromAsync(Deno.readDir(directory)).catch(() => [])).length === 0;
}

Deno.test("releaseSource downloads, checks, unpacks, and the cache has it from then on", async () => {
  await using site = await fakeSite(() => undefined);
  const fractions: number[] = [];
  const progress = {
    step: (_: string, fraction?: number) => void (fraction !== undefined && fractions.push(fraction)),
    note() {},
    warn() {},
  };
  const found = await site.source.find({ ...site.wanted, progress });
  assert.equal(found.source, "release");
  assert.equal(found.version, "1.11.1");
  assert.equal(
    found.path,
    join(site.cacheDir, "programs", `node_exporter-1.11.1.${os}-${arch}`, "node_exporter"),
  );
  assert.equal(fractions.at(-1), 1);
  assert.equal((await cacheSource().find(site.wanted)).path, found.path);
  assert.ok(await isEmptyOrMissing(join(site.cacheDir, "downloads")));
  assert.ok(await isEmptyOrMissing(join(site.cacheDir, "unpacking")));
});

Deno.test("releaseSource refuses an archive of another sum and keeps nothing of it", async () => {
  await using site = await fakeSite((archive, request) => {
    if (!request.url.endsWith(".tar.gz")) return undefined;
    const forged = archive.slice();
    forged[forged.length - 1]! ^= 1;
    return new Response(forged);
  });
  await assert.rejects(site.source.find(site.wanted), {
    name: "Unavailable",
    message: /does not have the SHA sum .* it was thrown away$/,
  });
  assert.ok(await isEmptyOrMissing(join(site.cacheDir, "downloads")));
  await assert.rejects(cacheSource().find(site.wanted), { message: /^no node_exporter 1\.11\.1 in / });
});

Deno.test("releaseSource goes on where a cut connection ended", async () => {
  await using directory = await temporaryDirectory();
  const archive = await makeArchive(directory.path, "node_exporter", VERSION_LINE);
  using cutting = cuttingServer(archive.slice(0, 100), archive.length);
  let downloads = 0;
  await using site = await fakeSite((_, request) =>
    request.url.endsWith(".tar.gz") && downloads++ === 0 ? Response.redirect(cutting.url, 302) : undefined
  );
  // Both archives are made alike; what the site serves is what its sums name.
  assert.equal((await site.source.find(site.wanted)).version, "1.11.1");
  await cutting.done;
  const requests = site.requests.filter((line) => line.includes(".tar.gz"));
  assert.deepEqual(requests, [`GET ${FILE}`, `GET ${FILE} bytes=100-`]);
});

Deno.test("releaseSource completes what an interrupted run left, and starts anew when that was of another file", async () => {
  for (const good of [true, false]) {
    await using site = await fakeSite(() => undefined);
    const downloads = join(site.cacheDir, "downloads");
    await Deno.mkdir(downloads, { recursive: true });
    const left = good ? site.archive.slice(0, 60) : new Uint8Array(60);
    await Deno.writeFile(join(downloads, `${FILE}.part`), left);
    assert.equal((await site.source.find(site.wanted)).version, "1.11.1");
    const downloaded = site.requests.filter((line) => line.includes(".tar.gz"));
    assert.deepEqual(downloaded, [`GET ${FILE} bytes=60-`, ...(good ? [] : [`GET ${FILE}`])]);
  }
});

Deno.test("releaseSource says which URL is not there", async () => {
  await using site = await fakeSite((_, request) =>
    request.url.endsWith(".txt") ? new Response("no", { status: 404 }) : undefined
  );
  await assert.rejects(site.source.find(site.wanted), {
    name: "Unavailable",
    message: /\/prometheus\/node_exporter\/releases\/download\/v1\.11\.1\/sha256sums\.txt answered 404/,
  });
});

Deno.test("releaseSource refuses a sums file without the archive's sum", async () => {
  await using site = await fakeSite((_, request) =>
    request.url.endsWith(".txt") ? new Response("<html>a captive portal</html>") : undefined
  );
  await assert.rejects(site.source.find(site.wanted), {
    message: /has no SHA sum of "node_exporter-1\.11\.1/,
  });
});

Deno.test("releaseSource gives up on a server that stops sending", async () => {
  const hanging: ReadableStreamDefaultController[] = [];
  await using site = await fakeSite((archive, request) => {
    if (!request.url.endsWith(".tar.gz")) return undefined;
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(archive.slice(0, 10));
        hanging.push(controller);
      },
    });
    return new Response(body, { headers: { "content-length": String(archive.length) } });
  });
  await assert.rejects(site.source.find(site.wanted), { message: /not a byte for 0\.5 s, 3 times$/ });
  // What it does not send will not come for the next program either.
  const asked = site.requests.length;
  await assert.rejects(site.source.find(site.wanted), { message: /not a byte for 0\.5 s/ });
  assert.equal(site.requests.length, asked);
});

Deno.test("releaseSource finds out once that a site cannot be reached", async () => {
  await using directory = await temporaryDirectory();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const site = `http://127.0.0.1:${listener.addr.port}`;
  const source = releaseSource({ sites: { github: site, grafana: site }, connectTimeoutMs: 200 });
  let connections = 0;
  const open: Deno.Conn[] = [];
  // Accepts and never answers, as a firewall that swallows packets looks from here.
  const accepting = (async () => {
    for await (const connection of listener) {
      connections++;
      open.push(connection);
    }
  })();
  const failures = await Promise.allSettled(
    (["node_exporter", "prometheus", "alertmanager"] as const).map((name) =>
      source.find(wantedOf(name, "1.0.0", directory.path))
    ),
  );
  for (const failure of failures) {
    assert.match(
      String((failure as PromiseRejectedResult).reason),
      /cannot reach http:\/\/127.* no answer within 0\.2 s/,
    );
  }
  assert.equal(connections, 1);
  for (const connection of open) connection.close();
  listener.close();
  await accepting;
});

Deno.test("sumOf reads lists, binary marks, and a lone sum", () => {
  const sum = "a".repeat(64);
  assert.equal(sumOf("x.tar.gz", `${"b".repeat(64)}  y.tar.gz\n${sum}  x.tar.gz\n`), sum);
  assert.equal(sumOf("x.tar.gz", `${sum} *x.tar.gz`), sum);
  assert.equal(sumOf("x.tar.gz", `${sum.toUpperCase()}\n`), sum);
  assert.equal(sumOf("x.tar.gz", `${sum}  y.tar.gz\n`), undefined);
  assert.equal(sumOf("x.tar.gz", "not found"), undefined);
});
