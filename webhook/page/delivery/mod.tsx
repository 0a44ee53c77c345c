/** `/delivery`: the channels, what was given up, and what was not understood. */

import { Hono } from "hono";
import { Problem } from "../../api/problem.ts";
import { createReplay } from "../../api/replay.ts";
import { sendTest } from "../../api/send_test.ts";
import { JournalFailure } from "../../journal/journal.ts";
import { shell } from "../layout.tsx";
import type { PageContext, PageEnv, PageOptions } from "../view.ts";
import { DeadLetterView, QuarantinedView } from "./one.tsx";
import { recentOf } from "./recent.ts";
import { DeliveryView } from "./view.tsx";
import { WORDS } from "./words.ts";

const ON_A_PAGE = 25;
const MAX_TEXT = 1_000;

/** The pages, and the forms that replay and test. */
export function createDelivery(options: PageOptions): Hono<PageEnv> {
  const app = new Hono<PageEnv>();
  const { archive, journal, deliveries, log } = options;
  const replay = createReplay(options);

  /** Does it, notes who did, and goes back with what to say; what cannot be done is said on the page. */
  const act = async (c: PageContext, what: string, doing: () => Promise<Record<string, string>>) => {
    try {
      const said = await doing();
      log.info("Done on a page", { act: what, user: c.var.visitor.user ?? "", ...said });
      options.feed.tell({ kind: "act" });
      return c.body(null, 303, {
        location: `/delivery?${new URLSearchParams(said)}`,
        "cache-control": "no-store",
      });
    } catch (error) {
      if (error instanceof Problem) return await show(c, error.message, error.status === 503 ? 503 : 409);
      if (error instanceof JournalFailure) return await show(c, options.redact(error.message), 503);
      throw error;
    }
  };
  const show = async (c: PageContext, problem?: string, status: 200 | 409 | 503 = 200) => {
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
          problem={problem}
        />
      ),
    });
  };

  app.get("/delivery", async (c) => await show(c));
  app.post("/delivery/replay", async (c) =>
    await act(c, "replay", async () => {
      const ids = c.var.form.getAll("id").map(Number).filter((id) => Number.isSafeInteger(id) && id > 0);
      return { replayed: String(await replay.some(ids)) };
    }));
  app.post("/delivery/replay-channel", async (c) =>
    await act(c, "replay of a channel", async () => {
      return { replayed: String(await replay.ofChannel(c.var.form.get("channel") ?? "")) };
    }));
  app.post("/delivery/test", async (c) =>
    await act(c, "test of a channel", async () => {
      const { form, visitor } = c.var;
      const text = form.get("text")?.trim().slice(0, MAX_TEXT) || undefined;
      const channel = form.get("channel") ?? "";
      const id = await sendTest({ ...options, locale: visitor.language }, channel, text);
      return { tested: String(id), channel };
    }));
  app.get("/delivery/dead/:id", async (c) => {
    const delivery = archive.delivery(idOf(c));
    if (delivery?.state !== "dead") return await gone(c);
    const { language } = c.var.visitor;
    const listed = archive.listed(delivery.notificationId);
    return await shell(c, {
      title: WORDS[language].letter(delivery.id),
      current: "delivery",
      children: (
        <DeadLetterView
          visitor={c.var.visitor}
          timezone={options.timezone()}
          delivery={delivery}
          names={listed?.names ?? []}
          text={await options.textOf(delivery)}
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
      children: <QuarantinedView visitor={c.var.visitor} timezone={options.timezone()} found={found} />,
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
}

function belowOf(asked: URLSearchParams, name: string): number {
  const text = asked.get(name) ?? "";
  return /^[1-9][0-9]{0,14}$/.test(text) ? Number(text) : Number.MAX_SAFE_INTEGER;
}

function idOf(c: PageContext): number {
  const text = c.req.param("id") ?? "";
  return /^[1-9][0-9]{0,14}$/.test(text) ? Number(text) : 0;
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
