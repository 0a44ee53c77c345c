/** For tests: a webhook whose answers and channels can be scripted, as the real one's cannot. */

import type { Drill } from "../../../tasks/smoke/drill.ts";

/** A webhook that listens on a free port. */
export interface StandInWebhook extends AsyncDisposable {
  readonly url: string;
  /** Why each channel that fails does so, by its name. */
  readonly failures: Map<string, string>;
  /** Every drill ever begun. */
  readonly drills: Map<string, Drill>;
}

/** Serves the webhook's contract: the drill, its gauge, and the record of what arrived. */
export function standInWebhook(channels: readonly string[] = ["console", "team"]): StandInWebhook {
  const drills = new Map<string, Drill>();
  const failures = new Map<string, string>();
  const now = () => new Date().toISOString();

  async function receive(request: Request): Promise<Response> {
    const { status, alerts } = await request.json();
    for (const { labels } of alerts) {
      const drill = drills.get(labels.drill);
      if (!drill) continue;
      const deliveries = channels.map((channel) => {
        const reason = failures.get(channel);
        return { channel, ok: reason === undefined, at: now(), reason };
      });
      const notifications = [...drill.notifications, { status, receivedAt: now(), deliveries }];
      drills.set(drill.id, { ...drill, notifications });
    }
    return new Response("Alert received");
  }

  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    const id = pathname.split("/")[2];
    const drill = drills.get(id ?? "");
    if (pathname === "/health") return new Response("Webhook server is running!");
    if (pathname === "/metrics") {
      const lines = [...drills.values()].filter(({ endedAt }) => endedAt === null)
        .map(({ id }) => `vigie_drill_active{drill="${id}"} 1\n`);
      return new Response(lines.join(""), { headers: { "content-type": "text/plain; version=0.0.4" } });
    }
    if (pathname === "/webhook") return await receive(request);
    if (pathname === "/drill" && request.method === "POST") {
      const { id } = await request.json();
      const begun = { id, startedAt: now(), endedAt: null, notifications: [] };
      drills.set(id, begun);
      return Response.json(begun, { status: 201 });
    }
    if (!drill) return new Response("Not found", { status: 404 });
    if (request.method === "DELETE" && drill.endedAt === null) {
      drills.set(drill.id, { ...drill, endedAt: now() });
    }
    return Response.json(drills.get(drill.id));
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    drills,
    failures,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
