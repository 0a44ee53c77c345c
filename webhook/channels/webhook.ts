/** Webhook: the notification as JSON to any URL, signed by Standard Webhooks. */

import { Webhook } from "standardwebhooks";
import { defineChannel, HEADER_SECRET, type Outcome, type SecretForm, secretSetting } from "./channel.ts";
import { deliveryId } from "./delivery_id.ts";
import { exchange, type HttpAnswer, isAnswer } from "./http.ts";
import { judgeFailure, saying } from "./judge.ts";
import { bodyJson, type WebhookBody, webhookBody } from "./webhook_body.ts";

/** What is posted, and what it is called. */
export interface WebhookOut {
  /** The same at every attempt: by it a receiver knows what it has got already. */
  readonly id: string;
  readonly body: WebhookBody;
}

const SIGNING_SECRET: SecretForm = {
  pattern: /^(whsec_)?(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$/,
  wanted: "base64, such as `openssl rand -base64 32` makes, alone in its file",
};

/** The webhook channel. */
export const webhookChannel = defineChannel({
  kind: "webhook",
  about: "The notification as JSON to a URL of one's own, signed as Standard Webhooks describes. " +
    "A receiver of Alertmanager's own webhook understands it as well.",
  shape: {
    ...secretSetting("url", "the URL to post to"),
    ...secretSetting(
      "secret",
      "the secret to sign with, base64, as `openssl rand -base64 32` makes one (without it nothing is signed)",
    ),
    ...secretSetting(
      "previousSecret",
      "the secret that was signed with before, which stays good while receivers change to the new one",
    ),
    ...secretSetting("bearer", "a bearer token for the header Authorization"),
  },
  secrets: ["url", "secret", "previousSecret", "bearer"],
  secretForms: { secret: SIGNING_SECRET, previousSecret: SIGNING_SECRET, bearer: HEADER_SECRET },
  check({ url, secret, previousSecret }) {
    if (url === undefined) return "give the url";
    if (previousSecret !== undefined && secret === undefined) return "a previousSecret needs a secret";
  },
  pace: { burst: 20, everyMs: 100, concurrency: 4 },
  render: (message) => [{ id: deliveryId(message), body: webhookBody(message, true) }],
  plain: (message): WebhookOut => ({ id: deliveryId(message), body: webhookBody(message, false) }),
  async send(out: WebhookOut, settings, context) {
    const { url, bearer } = settings;
    const body = bodyJson(out.body);
    let signed: Record<string, string>;
    try {
      signed = sign(out.id, body, settings, context.now());
    } catch {
      return {
        result: "gone",
        reason: 'The secret to sign with is not base64: expected such as "openssl rand -base64 32" makes',
      };
    }
    const answer = await exchange({
      method: "POST",
      url: url!,
      headers: {
        "content-type": "application/json",
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
        ...signed,
      },
      body,
    }, context);
    return isAnswer(answer) ? judgeWebhook(answer, context.now()) : answer;
  },
  preview: (out, { url, secret, bearer }) => ({
    what: `POST ${URL.parse(url ?? "")?.origin ?? ""}/<secret> (JSON${secret ? ", signed" : ""}${
      bearer ? ", Authorization: <secret>" : ""
    }), webhook-id: ${out.id}`,
    body: JSON.stringify(out.body, null, 2),
  }),
});

/** Headers of Standard Webhooks. Source: github.com/standard-webhooks/standard-webhooks, `spec/standard-webhooks.md`. */
function sign(
  id: string,
  body: string,
  { secret, previousSecret }: { readonly secret?: string; readonly previousSecret?: string },
  nowMs: number,
): Record<string, string> {
  const at = new Date(nowMs);
  const signatures = [secret, previousSecret].flatMap((key) =>
    key === undefined ? [] : [new Webhook(key).sign(id, at, body)]
  );
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(nowMs / 1_000)),
    ...(signatures.length > 0 && { "webhook-signature": signatures.join(" ") }),
  };
}

/** Source: the same, "Response status codes": overload passes, 410 means that it wants no more. */
function judgeWebhook(answer: HttpAnswer, nowMs: number): Outcome {
  const { status } = answer;
  if (status >= 200 && status < 300) return { result: "delivered" };
  if (status === 410) return { result: "gone", reason: saying(answer) };
  const outcome = judgeFailure(answer, nowMs);
  // What 401, 403 and 404 are about differs from receiver to receiver, and a later message may be taken.
  return outcome.result === "gone" && status >= 400 ? { ...outcome, result: "refused" } : outcome;
}
