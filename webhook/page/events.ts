/** `GET /page/events`: what changes, as server-sent events, from where a reader was. */

import { Hono } from "hono";
import { type Clock, systemClock } from "../clock.ts";
import { createStreams, eventText } from "./streams.ts";
import type { PageEnv, PageOptions } from "./view.ts";

/** What the events are made of. */
export type EventsOptions = Pick<PageOptions, "feed" | "archive" | "isStopping" | "onDefect">;

/** Notifications that a reader who comes back is told one by one. */
const MOST_MISSED = 100;
const POSITION = /^([0-9a-f]{8})\.(\d{1,15})(?:\.(\d{1,15}))?$/;
const HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-store, no-transform",
  "x-content-type-options": "nosniff",
  // nginx holds back what it passes on, unless it is told not to.
  "x-accel-buffering": "no",
};

/**
 * The stream. `Last-Event-ID`, or the parameter `since` where a script connects by itself, says what its reader knows: it is told what came
 * after that, or `reload` where that cannot be said exactly, which means to read again.
 */
export function createEvents(options: EventsOptions, clock: Clock = systemClock): Hono<PageEnv> {
  const app = new Hono<PageEnv>();
  const position = () => positionInJournal(options);
  const streams = createStreams({ ...options, clock, position });

  app.get("/page/events", (c) => {
    // Nobody would read it, nor say so.
    if (c.req.method === "HEAD") return c.body(null, 200, HEADERS);
    const since = c.req.header("last-event-id") ?? c.req.query("since");
    const greeting = () => missedSince(options, since) + eventText("live", {}, position());
    const stream = options.isStopping() ? undefined : streams.open({ greeting, mayStill: c.var.mayStill });
    if (!stream) {
      const headers = { "cache-control": "no-store", "retry-after": "10" };
      return c.text("Too many pages are open, or the webhook stops: try again", 503, headers);
    }
    return c.body(stream, 200, HEADERS);
  });
  app.all("/page/events", (c) => c.text("Method not allowed: use GET", 405, { allow: "GET" }));
  return app;
}

/** Where the reader of a page is that is read now: which feed, and how much it has told. */
export function positionOf({ feed }: Pick<PageOptions, "feed">): string {
  return `${feed.name}.${feed.told()}`;
}

/** As `positionOf`, and the newest notification, by which the journal can be asked after a restart. */
function positionInJournal({ feed, archive }: EventsOptions): string {
  const { items: [newest] } = archive.notifications({ below: Number.MAX_SAFE_INTEGER, limit: 1 });
  return `${positionOf({ feed })}.${newest?.id ?? 0}`;
}

/** What a reader who was at `since` has missed, as events. One who was nowhere has just read everything. */
function missedSince(options: EventsOptions, since: string | undefined): string {
  if (since === undefined) return "";
  const reload = eventText("reload", {});
  const { feed, archive } = options;
  const [, name, told, newest] = POSITION.exec(since) ?? [];
  const isSameFeed = name === feed.name;
  if (isSameFeed && Number(told) === feed.told()) return "";
  if (newest === undefined) return reload;
  const { items, next } = archive.notifications({ below: Number.MAX_SAFE_INTEGER, limit: MOST_MISSED });
  const missed = items.filter(({ id }) => id > Number(newest)).reverse();
  if (missed.length === items.length && next !== undefined) return reload;
  // Deliveries and acts are in no order that can be read again: whether there were any is known.
  const isAll = isSameFeed && feed.told() - Number(told) === missed.length;
  return missed.map(({ id }) => eventText("notification", { id })).join("") + (isAll ? "" : reload);
}
