import assert from "node:assert/strict";
import { createLayers } from "./docker_images.ts";

/** What `docker compose --progress json pull` of Compose 2.40 prints for an image of two layers. */
const EVENTS = [
  '{"id":"image","text":"Pulling"}',
  '{"id":"aaa","parent_id":"image","text":"Pulling fs layer","status":"0 B"}',
  '{"id":"bbb","parent_id":"image","text":"Already exists","status":"0 B","percent":100}',
  '{"id":"aaa","parent_id":"image","text":"Downloading","status":"5 MB","current":5,"total":10,"percent":50}',
  '{"id":"aaa","parent_id":"image","text":"Download complete","percent":100}',
  '{"id":"aaa","parent_id":"image","text":"Extracting","current":1,"total":10,"percent":10}',
  '{"id":"aaa","parent_id":"image","text":"Pull complete","percent":100}',
  '{"id":"image","text":"Pulled"}',
];

Deno.test("createLayers reads how much of an image is there", () => {
  const layers = createLayers();
  assert.deepEqual(EVENTS.map((line) => layers.read(`${line}\n`)), [0, 0, 0.5, 0.725, 0.95, 0.95, 1, 1]);
});

Deno.test("createLayers reads lines that come in pieces, and passes over others", () => {
  const text = ["time=now level=warning msg=x", ...EVENTS.slice(0, 4), "{", ""].join("\n");
  const whole = createLayers().read(text);
  assert.equal(whole, 0.725);
  const pieces = createLayers();
  let last = 0;
  for (let i = 0; i < text.length; i += 7) last = pieces.read(text.slice(i, i + 7));
  assert.equal(last, whole);
});

Deno.test("createLayers does not take back what a layer already had", () => {
  const layers = createLayers();
  for (const line of EVENTS) layers.read(`${line}\n`);
  for (const line of EVENTS) assert.equal(layers.read(`${line}\n`), 1);
});
