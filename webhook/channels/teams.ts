/** Microsoft Teams: cards by a workflow of a channel or a chat. */

import type { Message } from "../message.ts";
import { defineChannel, type Outcome, secretSetting } from "./channel.ts";
import { exchange, type HttpAnswer, isAnswer } from "./http.ts";
import { jsonOf, judgeFailure, saying } from "./judge.ts";
import { type Line, plainParts } from "./lines.ts";
import { lineElement, type TeamsCard, teamsCards } from "./teams_card.ts";

/** What a workflow of the template "Send webhook alerts to a channel" takes. Without `attachments` it fails after its answer. */
export interface TeamsOut {
  readonly type: "message";
  readonly attachments: readonly [{
    readonly contentType: "application/vnd.microsoft.card.adaptive";
    readonly contentUrl: null;
    readonly content: TeamsCard;
  }];
}

/** The Teams channel. */
export const teamsChannel = defineChannel({
  kind: "teams",
  about: 'Microsoft Teams, by a workflow "Send webhook alerts to a channel" (or to a chat).',
  shape: secretSetting("url", "the workflow's address"),
  secrets: ["url"],
  check: ({ url }) => url === undefined ? "give the url" : undefined,
  // 100 an hour and 1,800 a day; 4 a second and 60 in 30 s (users).
  pace: { burst: 20, everyMs: 49_000, also: { burst: 3, everyMs: 500 } },
  render: (message): readonly TeamsOut[] => teamsCards(message).map(envelope),
  plain: (message): TeamsOut => envelope(plainCard(message)),
  async send(out: TeamsOut, { url = "" }, context) {
    const answer = await exchange({
      method: "POST",
      url,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(out),
    }, context);
    return isAnswer(answer) ? judgeTeams(answer, context.now()) : answer;
  },
  preview: (out: TeamsOut) => ({
    what: "POST https://<secret> (JSON)",
    body: JSON.stringify(out, null, 2),
  }),
});

/** A card in the envelope that workflows and the connectors before them take. */
export function envelope(content: TeamsCard): TeamsOut {
  return {
    type: "message",
    attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content }],
  };
}

const PLAIN_UNITS = 2_000;

function plainCard(message: Message): TeamsCard {
  const { text, link } = plainParts(message, PLAIN_UNITS);
  const lines: Line[] = [
    ...text.split("\n").map((line) => [{ text: line }]),
    ...(link ? [[{ text: link.label, url: link.url }]] : []),
  ];
  return { type: "AdaptiveCard", version: "1.2", body: lines.map(lineElement) };
}

/** A workflow that is switched off or gone, whatever the message. */
const NEEDS_SOMEBODY = /WorkflowTriggerIsNotEnabled|WorkflowNotFound|WorkflowDisabled|DirectApiAuthorization/;

/**
 * Accepted by a workflow (202) says nothing yet of what Teams says to it. The connectors before workflows answer 200 whatever Teams said,
 * and repeat it in words. Source: learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using.
 */
function judgeTeams(answer: HttpAnswer, nowMs: number): Outcome {
  const { status, text, headers } = answer;
  if (status >= 200 && status < 300) {
    const upstream = /HTTP error (\d{3})/i.exec(text)?.[1];
    if (upstream !== undefined) {
      return judgeFailure({ status: Number(upstream), headers, text }, nowMs);
    }
    // A page is what a gateway or a sign-in shows.
    if (/^\s*</.test(text)) return judgeFailure(answer, nowMs, "a page");
    return { result: "delivered" };
  }
  const { error } = jsonOf(answer) ?? {};
  const { code, message } = (typeof error === "object" ? error ?? {} : {}) as {
    code?: unknown;
    message?: unknown;
  };
  const detail = [code, message].filter((part) => typeof part === "string").join(": ") || undefined;
  if (NEEDS_SOMEBODY.test(text)) return { result: "gone", reason: saying(answer, detail) };
  return judgeFailure(answer, nowMs, detail);
}
