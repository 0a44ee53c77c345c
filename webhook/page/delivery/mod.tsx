/** `/delivery`: the channels, what was given up, and what was not understood. */

import { Hono } from "hono";
import { isTooLarge } from "../../api/options.ts";
import { Problem } from "../../api/problem.ts";
import { createReplay } from "../../api/replay.ts";
import { sendTest } from "../../api/send_test.ts";
import type { DeliveryRecord } from "../../journal/archive.ts";
import { failureKind } from "../../journal/failure.ts";
import { JournalFailure } from "../../journal/journal.ts";
import { type Act, auditTo } from "../audit.ts";
import { shell } from "../layout.tsx";
import type { PageContext, PageEnv, PageOptions } from "../view.ts";
import { visible } from "../visible.ts";
import { DeadLetterView, QuarantinedView } from "./one.tsx";
import { recentOf } from "./recent.ts";
import { DeliveryView } from "./view.tsx";
import { type DeliveryWords, WORDS } from "./words.ts";

const ON_A_PAGE = 25;
const MAX_TEXT = 1_000;
const ID = /^[1-9][0-9]{0,14}$/;

/** The pages, and the forms that replay and test. */
export function createDelivery(options: PageOptions): Hono<PageEnv> {
  const app = new Hono<PageEnv>();
  const { archive, journal, deliveries } = options;
  const audit = auditTo(options);
  const replay = createReplay(options);

  const isKnown = (channel: string) => deliveries.channels().some(({ name }) => name === channel);
  const foreign = (text: string) => visible(options.redact(text));

  /** Does it, notes who did, and goes back with what to say; what cannot be done is noted, and said on the page. */
  const perform = async (
    c: PageContext,
    act: Act,
    what: string,
    doing: () => Promise<Record<string, string>>,
  ) => {
    const { visitor } = c.var;
    try {
      const said = await doing();
      audit.done(visitor, { act, what, ...said });
      return c.body(null, 303, {
        location: `/delivery?${new URLSearchParams(said)}`,
        "cache-control": "no-store",
      });
    } catch (error) {
      const refused = refusalOf(error, WORDS[visitor.language]);
      audit.refused(visitor, { act, what }, refused.text);
      return await show(c, options.redact(refused.text), refused.status);
    }
  };
  const show = async (c: PageContext, problem?: string, status: 200 | 404 | 409 | 422 | 503 = 200) => {
    const { visitor } = c.var;
    const asked = new URL(c.req.url).searchParams;
    const depths = journal.depths();
    return await shell(c, {
      title: WORDS[visitor.language].title,
      current: "delivery",
      status,
      children: (
        <DeliveryView
          visitor={visitor}
          timezone={options.timezone()}
          channels={deliveries.channels()}
          depths={depths}
          recent={recentOf(archive, options.now())}
          dead={archive.deadLetters([...depths.keys()], belowOf(asked, "dead"), ON_A_PAGE)}
          quarantine={archive.quarantine(belowOf(asked, "quarantine"), ON_A_PAGE)}
          namesOf={(id) => archive.listed(id)?.names ?? []}
          asked={asked}
          test={testOf(asked)}
          foreign={foreign}
          problem={problem}
        />
      ),
    });
  };

  app.get("/delivery", async (c) => await show(c));
  app.post("/delivery/replay", async (c) => {
    const ids = c.var.form.getAll("id").filter((text) => ID.test(text)).map(Number);
    if (ids.length === 0) return await show(c, WORDS[c.var.visitor.language].nothingSelected, 422);
    return await perform(c, "replay", ids.join(" "), async () => ({
      replayed: String(await replay.some(ids)),
    }));
  });
  app.post("/delivery/replay-channel", async (c) => {
    const channel = c.var.form.get("channel") ?? "";
    return await perform(c, "replay-channel", channel, async () => ({
      replayed: String(await replay.ofChannel(channel)),
    }));
  });
  app.post("/delivery/test", async (c) => {
    const { form, visitor } = c.var;
    const text = form.get("text")?.trim().slice(0, MAX_TEXT) || undefined;
    const channel = form.get("channel") ?? "";
    return await perform(c, "test", channel, async () => ({
      tested: String(await sendTest({ ...options, locale: visitor.language }, channel, text)),
    }));
  });
  app.get("/delivery/dead/:id", async (c) => {
    const delivery = archive.delivery(idOf(c));
    if (delivery?.state !== "dead") return await gone(c);
    const { language } = c.var.visitor;
    const listed = archive.listed(delivery.notificationId);
    const body = archive.notification(delivery.notificationId)?.body;
    return await shell(c, {
      title: WORDS[language].letter(delivery.id),
      current: "delivery",
      children: (
        <DeadLetterView
          visitor={c.var.visitor}
          timezone={options.timezone()}
          delivery={delivery}
          names={listed?.names ?? []}
          text={body && !isTooLarge(body) ? await options.textOf(delivery) : undefined}
          canReplay={isKnown(delivery.channel)}
          redact={options.redact}
        />
      ),
    });
  });
  app.get("/delivery/quarantine/:id", async (c) => {
    const found = archive.quarantined(idOf(c));
    if (!found) return await gone(c);
    return await shell(c, {
      title: WORDS[c.var.visitor.language].body(found.id),
      current: "delivery",
      children: (
        <QuarantinedView
          visitor={c.var.visitor}
          timezone={options.timezone()}
          redact={options.redact}
          found={found}
        />
      ),
    });
  });
  app.get("/delivery/quarantine/:id/body", async (c) => {
    const found = archive.quarantined(idOf(c));
    if (!found) return await gone(c);
    return c.body(new Uint8Array(found.body), 200, {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="quarantined-${found.id}"`,
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    });
  });
  return app;

  /** The test message that the address tells of. */
  function testOf(asked: URLSearchParams): DeliveryRecord | undefined {
    const text = asked.get("tested") ?? "";
    if (!ID.test(text) || archive.notification(Number(text))?.origin !== "test") return undefined;
    return archive.deliveries(Number(text))[0];
  }
}

/** Why something was not done, and the status that says so. @throws `error` when it is a defect. */
function refusalOf(error: unknown, words: DeliveryWords): { text: string; status: 404 | 409 | 503 } {
  if (error instanceof Problem && (error.status === 404 || error.status === 409 || error.status === 503)) {
    return { text: error.message, status: error.status };
  }
  if (error instanceof JournalFailure) return { text: words.writeFailed, status: 503 };
  if (failureKind(error) !== undefined) return { text: words.readFailed, status: 503 };
  throw error;
}

function belowOf(asked: URLSearchParams, name: string): number {
  const text = asked.get(name) ?? "";
  return ID.test(text) ? Number(text) : Number.MAX_SAFE_INTEGER;
}

function idOf(c: PageContext): number {
  const text = c.req.param("id") ?? "";
  return ID.test(text) ? Number(text) : 0;
}

async function gone(c: PageContext): Promise<Response> {
  const words = WORDS[c.var.visitor.language];
  return await shell(c, {
    title: words.gone,
    current: "delivery",
    status: 404,
    children: (
      <section class="panel empty stack-y">
        <h1>{words.gone}</h1>
        <p>{words.goneText}</p>
        <p>
          <a href="/delivery">{words.back}</a>
        </p>
      </section>
    ),
  });
}
