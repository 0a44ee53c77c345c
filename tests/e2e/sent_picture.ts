/** The picture that a chat was sent after a message. */

import { deepEqual, equal, ok } from "node:assert/strict";
import { type FakeDestination, formIn } from "../../webhook/channels/testing/fake_destination.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Whether `chat`, which stands for Discord, has been sent one. */
export function hasPicture(chat: FakeDestination): boolean {
  return pictureOf(chat) !== undefined;
}

/** What it was sent: a PNG, and not before the text. */
export async function sentPicture(
  chat: FakeDestination,
): Promise<{ readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }> {
  equal(chat.requests[0]!.method, "POST", "the text came first");
  const file = (await formIn(pictureOf(chat)!)).get("files[0]");
  ok(file instanceof File);
  const bytes = await file.bytes();
  deepEqual([...bytes.subarray(0, SIGNATURE.length)], SIGNATURE);
  return { name: file.name, bytes };
}

function pictureOf({ requests }: FakeDestination) {
  return requests.find(({ method }) => method === "PATCH");
}
