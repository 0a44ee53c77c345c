/** A picture in the thread of a message of the bot's. */

import type { Outcome, Picture, SendContext } from "../channel.ts";
import { cutUnits } from "../cut.ts";
import { exchange, isAnswer } from "../http.ts";
import { judgeFailure } from "../judge.ts";
import { judgeApi } from "./judge.ts";
import type { Posted } from "./mod.ts";

const MAX_ALT = 1_000;

/** Where the Web API is, and as whom it is called. */
interface Api {
  readonly api: string;
  readonly token?: string;
}

/** Uploads the picture, and shares it in the thread. Source: docs.slack.dev/messaging/working-with-files#upload. */
export async function sendPicture(
  { name, bytes, alt }: Picture,
  { channel, ts }: Posted,
  settings: Api,
  context: SendContext,
): Promise<Outcome> {
  const asked = await call(
    settings,
    "files.getUploadURLExternal",
    new URLSearchParams({ filename: name, length: String(bytes.length), alt_txt: cutUnits(alt, MAX_ALT) }),
    context,
  );
  if ("outcome" in asked) return asked.outcome;
  const { upload_url: url, file_id: id } = asked.ok;
  if (typeof url !== "string" || typeof id !== "string" || !isSafe(url, settings.api)) {
    return { result: "refused", reason: "It names no address that a picture can be uploaded to" };
  }
  const headers = { "content-type": "application/octet-stream" };
  const uploaded = await exchange({ method: "POST", url, headers, body: bytes }, context);
  if (!isAnswer(uploaded)) return uploaded;
  if (uploaded.status !== 200) return judgeFailure(uploaded, context.now());
  const files = JSON.stringify([{ id, title: cutUnits(alt, MAX_ALT) }]);
  const shared = await call(
    settings,
    "files.completeUploadExternal",
    new URLSearchParams({ files, channel_id: channel, thread_ts: ts }),
    context,
  );
  return "outcome" in shared ? shared.outcome : { result: "delivered" };
}

async function call({ api, token }: Api, method: string, what: URLSearchParams, context: SendContext) {
  const answer = await exchange({
    method: "POST",
    url: `${api}/${method}`,
    // These take no JSON.
    headers: { "content-type": "application/x-www-form-urlencoded", "authorization": `Bearer ${token}` },
    body: what.toString(),
  }, context);
  return isAnswer(answer) ? judgeApi(answer, context.now()) : { error: "", outcome: answer };
}

/** Whether the picture may go there: not in plain where the API itself is asked through TLS. */
function isSafe(url: string, api: string): boolean {
  const { protocol } = URL.parse(url) ?? {};
  return protocol === "https:" || protocol === URL.parse(api)?.protocol && protocol === "http:";
}
