/** The series that the running Prometheus has had over the last day. */

import { type SeenSeries, Skipped } from "../../lib/check.ts";
import { askPrometheus, Unanswered } from "../smoke/http.ts";
import type { OnlineContext } from "./context.ts";

const DAY_S = 86_400;
/** More series than this of metrics that the catalogue does not know are not looked at. */
const MAX_SERIES = 20_000;

/** @throws {Unanswered} when Prometheus does not say which series it has. */
export async function seenBy(
  context: Pick<OnlineContext, "fetch" | "signal" | "urls" | "nowMs">,
): Promise<SeenSeries> {
  const end = Math.ceil(context.nowMs / 1_000);
  const time = { start: String(end - DAY_S), end: String(end) };
  const names = await askPrometheus<readonly string[]>(
    context,
    `/api/v1/label/__name__/values?${new URLSearchParams(time)}`,
  );
  return {
    names: new Set(names),
    async series(wanted) {
      if (wanted.length === 0) return [];
      const body = new URLSearchParams({
        ...time,
        limit: String(MAX_SERIES),
        // Names of metrics have no character that a regular expression takes for its own.
        "match[]": `{__name__=~"${wanted.join("|")}"}`,
      });
      try {
        return await askPrometheus<readonly Readonly<Record<string, string>>[]>(context, "/api/v1/series", {
          method: "POST",
          headers: { "content-type": "application/x-www-form-urlencoded" },
          body: body.toString(),
        });
      } catch (error) {
        if (error instanceof Unanswered) throw new Skipped(`Prometheus does not answer: ${error.message}`);
        throw error;
      }
    },
  };
}
