/** The shape of a dashboard, as far as checks walk through it. */

import * as z from "zod";
import type { JsonPath } from "./json_places.ts";

const text = z.string().nullish();
const override = z.looseObject({ properties: z.array(z.looseObject({ id: z.unknown() })) });
const panel = z.looseObject({
  title: text,
  description: text,
  type: z.string(),
  gridPos: z.looseObject({}).nullish(),
  targets: z.array(z.looseObject({})).nullish(),
  links: z.array(z.looseObject({})).nullish(),
  fieldConfig: z.looseObject({
    defaults: z.looseObject({ unit: text }).nullish(),
    overrides: z.array(override).nullish(),
  }).nullish(),
});

const dashboard = z.looseObject({
  title: text,
  tags: z.array(z.string()).nullish(),
  panels: z.array(panel.extend({ panels: z.array(panel).nullish() })).nullish(),
  templating: z.looseObject({ list: z.array(z.looseObject({ name: z.string() })).nullish() }).nullish(),
  annotations: z.looseObject({ list: z.array(z.looseObject({ name: text })).nullish() }).nullish(),
  links: z.array(z.looseObject({ type: text, title: text, url: text, tags: z.array(z.string()).nullish() }))
    .nullish(),
});

/** The first part of a dashboard that is not what it must be, and what is wrong with it; undefined when all are. */
export function shapeFault(value: unknown): { path: JsonPath; message: string } | undefined {
  const { error } = dashboard.safeParse(value);
  const issue = error?.issues[0];
  if (!issue) return undefined;
  const path = issue.path as (string | number)[];
  const found = path.reduce<unknown>(
    (inner, key) => (inner as Record<string | number, unknown>)?.[key],
    value,
  );
  const shown = JSON.stringify(found) ?? "missing";
  const wanted = issue.code === "invalid_type" ? issue.expected : "something else";
  return {
    path,
    message: `${path.join(".")} is ${
      shown.length > 60 ? `${shown.slice(0, 59)}…` : shown
    }, expected ${wanted}`,
  };
}
