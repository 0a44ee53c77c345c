/** The curve of an alert follows its message to a chat. */

import { deepEqual, equal } from "node:assert/strict";
import type { FakeDestination } from "../../../webhook/channels/testing/fake_destination.ts";
import { until } from "../../until.ts";
import { hasPicture, sentPicture } from "../sent_picture.ts";

/** In the first chunk of a PNG: width and height, each of four bytes. */
const SIZE_AT = 16;

/** @param chat Stands for Discord, and was told of an alert. */
export async function pictureArrives(chat: FakeDestination): Promise<void> {
  await until("the picture came", () => hasPicture(chat));
  const { name, bytes } = await sentPicture(chat);
  equal(name, "HostDown.png", "its name is that of the alert");
  const view = new DataView(bytes.buffer);
  deepEqual([view.getUint32(SIZE_AT), view.getUint32(SIZE_AT + 4)], [1_600, 720]);
}
