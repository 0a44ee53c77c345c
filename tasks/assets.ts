/** `deno task assets`: what browsers load beside the webhook's pages, made from its sources: bundled, compressed, named by digest. */

import { createHash } from "node:crypto";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { readIfThere } from "../lib/files.ts";
import { lockFile } from "../lib/lock.ts";
import { bundle } from "./bundler.ts";
import { type Command, EXIT, main } from "./cli.ts";
import type { Progress } from "./engine/engine.ts";
import { silent } from "./progress.ts";

const ROOT = join(import.meta.dirname!, "..");
/** Where they lie for the webhook that runs from source. */
export const ASSETS_DIRECTORY = join(ROOT, "dist", "assets");
/** Lists the file of each name; the webhook reads it (`webhook/page/assets.ts`). */
const MANIFEST = "assets.json";
const INPUTS = ".inputs";

/** What the server and the scripts share lies beside both. */
const PAGE = join(ROOT, "webhook", "page");
const BROWSER = join(PAGE, "browser");
const STYLE = join(PAGE, "style");
/** Main modules of what runs in the browser. */
const SCRIPTS = ["live", "charts"];
/** Main module of the worker that draws pictures; browsers get nothing that ends like this. */
const PICTURE_WORKER = { name: "picture.mjs", main: join(ROOT, "webhook", "picture", "worker.ts") };

/** How to make them. */
export interface AssetsOptions {
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/** A file that is not made from our sources, such as a font. */
interface Given {
  readonly name: string;
  read(): Promise<Uint8Array>;
}

/** Files that the webhook needs and nobody loads: what draws pictures, and the letters in them. Kept compressed, as most of them is never used. */
const GIVEN: readonly Given[] = [
  {
    name: "resvg.wasm.br",
    read: () => Deno.readFile(fileURLToPath(import.meta.resolve("@resvg/resvg-wasm/index_bg.wasm"))),
  },
  {
    name: "picture.ttf.br",
    async read() {
      // Nothing else imports the package, which is fetched when it is.
      await import("dejavu-fonts-ttf/package.json", { with: { type: "json" } });
      return await Deno.readFile(fileURLToPath(import.meta.resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf")));
    },
  },
];

/**
 * Makes the assets in `dist/assets` when the sources have changed.
 *
 * @returns whether they were made.
 * @throws {Lacking} when the bundler cannot be had.
 */
export async function ensureAssets({ progress = silent, signal }: AssetsOptions = {}): Promise<boolean> {
  const inputs = await inputsDigest();
  if (await readIfThere(join(ASSETS_DIRECTORY, INPUTS)) === inputs) return false;
  await Deno.mkdir(dirname(ASSETS_DIRECTORY), { recursive: true });
  using _lock = await lockFile(`${ASSETS_DIRECTORY}.lock`, { signal });
  if (await readIfThere(join(ASSETS_DIRECTORY, INPUTS)) === inputs) return false;
  const aside = `${ASSETS_DIRECTORY}.partial`;
  await removeTree(aside);
  await write(aside, inputs, progress, signal);
  await removeTree(ASSETS_DIRECTORY);
  await Deno.rename(aside, ASSETS_DIRECTORY);
  return true;
}

/** As `ensureAssets`, and puts them into `directory`, which is not there yet. */
export async function writeAssets(directory: string, options: AssetsOptions = {}): Promise<void> {
  await ensureAssets(options);
  await Deno.mkdir(directory, { recursive: true });
  for await (const { name } of Deno.readDir(ASSETS_DIRECTORY)) {
    await Deno.copyFile(join(ASSETS_DIRECTORY, name), join(directory, name));
  }
}

async function write(
  directory: string,
  inputs: string,
  progress: Progress,
  signal?: AbortSignal,
): Promise<void> {
  progress.step("bundle what browsers load");
  await Deno.mkdir(directory);
  const files: Record<string, string> = {};
  const add = async (name: string, content: Uint8Array) => {
    const [stem, ending] = [name.slice(0, name.lastIndexOf(".")), name.slice(name.lastIndexOf("."))];
    const digest = createHash("sha256").update(content).digest("hex").slice(0, 12);
    const path = join(directory, files[name] = `${stem}-${digest}${ending}`);
    await Deno.writeFile(path, content);
    await Deno.writeFile(`${path}.br`, compressed(content));
    await Deno.writeFile(`${path}.gz`, gzipSync(content, { level: 9 }));
  };

  for (const script of SCRIPTS) {
    const output = join(directory, `${script}.js`);
    const flags = ["--platform=browser", "--minify"];
    await bundle({
      what: `"${script}.ts"`,
      main: join(BROWSER, `${script}.ts`),
      output,
      flags,
      cwd: ROOT,
      signal,
    });
    const made = await Deno.readFile(output);
    await Deno.remove(output);
    await add(`${script}.js`, made);
  }
  await bundle({
    what: `"${PICTURE_WORKER.name}"`,
    main: PICTURE_WORKER.main,
    output: join(directory, PICTURE_WORKER.name),
    flags: ["--platform=deno", "--minify"],
    cwd: ROOT,
    signal,
  });
  files[PICTURE_WORKER.name] = PICTURE_WORKER.name;
  await add("page.css", new TextEncoder().encode(await styleSheet()));
  for (const { name, read } of GIVEN) {
    await Deno.writeFile(join(directory, files[name] = name), compressed(await read()));
  }
  await Deno.writeTextFile(join(directory, MANIFEST), JSON.stringify(files, null, 2) + "\n");
  await Deno.writeTextFile(join(directory, INPUTS), inputs);
}

function compressed(content: Uint8Array): Uint8Array {
  return brotliCompressSync(content, {
    params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY },
  });
}

/** The tokens first, as everything else goes by them. */
async function styleSheet(): Promise<string> {
  const paths = (await filesIn(STYLE)).sort((a, b) => order(a) - order(b) || a.localeCompare(b, "en"));
  const texts = await Promise.all(paths.map((path) => Deno.readTextFile(path)));
  return texts.join("\n").replace(/\/\*[^]*?\*\//g, "").replace(/\n\s*/g, "\n");
}

function order(path: string): number {
  return ["tokens.css", "base.css"].indexOf(basename(path)) >>> 0;
}

async function inputsDigest(): Promise<string> {
  const hash = createHash("sha256");
  const paths = [
    import.meta.filename!,
    join(ROOT, "deno.lock"),
    PICTURE_WORKER.main,
    ...await filesIn(PAGE),
  ];
  for (const path of paths) {
    hash.update(`\0${relative(ROOT, path)}\0`);
    hash.update(await Deno.readFile(path));
  }
  return hash.digest("hex");
}

async function filesIn(directory: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    if (isDirectory) found.push(...await filesIn(join(directory, name)));
    else if (!name.endsWith("_test.ts")) found.push(join(directory, name));
  }
  return found.sort();
}

async function removeTree(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** The command. */
export const assets: Command = {
  name: "assets",
  summary: "bundle what browsers load beside the webhook's pages",
  flags: {},
  examples: ["assets"],
  async run({ progress, signal }) {
    const made = await ensureAssets({ progress, signal });
    return { code: EXIT.done, json: { directory: ASSETS_DIRECTORY, made } };
  },
};

if (import.meta.main) await main(assets);
