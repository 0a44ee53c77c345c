/** The curve of an alert follows its message to a chat. */

import { deepEqual, ok } from "node:assert/strict";
import { type FakeDestination, formIn } from "../../../webhook/channels/testing/fake_destination.ts";
import { until } from "../../until.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** In the first chunk of a PNG: width and height, each of four bytes. */
const SIZE_AT = 16;

/** @param chat Stands for Discord, and was told of an alert. */
export async function pictureArrives(chat: FakeDestination): Promise<void> {
  await until("the picture came", () => chat.requests.some(({ method }) => method === "PATCH"));
  const [first] = chat.requests;
  ok(first!.method === "POST", "the text came first");
  const edit = chat.requests.find(({ method }) => method === "PATCH")!;
  const file = (await formIn(edit)).get("files[0]");
  ok(file instanceof File && file.name === "HostDown.png", "its name is that of the alert");
  const bytes = new Uint8Array(await file.arrayBuffer());
  deepEqual([...bytes.subarray(0, SIGNATURE.length)], SIGNATURE);
  const view = new DataView(bytes.buffer);
  deepEqual([view.getUint32(SIZE_AT), view.getUint32(SIZE_AT + 4)], [1_600, 720]);
}
