/** Where the links of a model lead: dashboards are here, Grafana's own pages have their like here, other addresses are left as they are. */

import type { ModelLink } from "./model.ts";
import type { Range } from "./range.ts";
import type { Labels } from "./readings.ts";
import { ALL, type Choice, choiceParameters, fill } from "./variables.ts";

/** What links are filled in with. */
export interface LinkContext {
  readonly range: Range;
  readonly choices: readonly Choice[];
}

/** A link of a page. */
export interface PageLink {
  readonly title: string;
  readonly href: string;
  readonly isOutside: boolean;
}

/** The links that lead somewhere. @param labels Of the value that is linked. */
export function linksOf(links: readonly ModelLink[], context: LinkContext, labels: Labels = {}): PageLink[] {
  return links.flatMap(({ title, url }) => {
    const href = hrefOf(filled(url, context, labels));
    return href === undefined ? [] : [{ title, href, isOutside: !href.startsWith("/") }];
  });
}

function filled(url: string, { range, choices }: LinkContext, labels: Labels): string {
  const values = new Map(choices.map(({ variable, chosen }) => [variable.name, chosen]));
  // A whole address that stands in a label stays as it is; a part of one is escaped.
  const isWhole = /^\$\{[^}]+\}$/.test(url) || url.startsWith("/d/${__data");
  const escaped = (text: string) => isWhole ? text : encodeURIComponent(text);
  return fill(url, (name, path) => {
    if (name === "__url_time_range") return rangeParameters(range).toString();
    if (name === "__data" || name === "__field") return escaped(labels[path.split(".").at(-1)!] ?? "");
    const chosen = values.get(name);
    if (!chosen) return "";
    // Grafana repeats a parameter as often; a link of ours has it once.
    return chosen.map((value) => encodeURIComponent(value)).join(`&var-${name}=`);
  });
}

/** `from` and `to` of an address. */
export function rangeParameters({ fromText, toText }: Range): URLSearchParams {
  return new URLSearchParams({ from: fromText, to: toText });
}

function hrefOf(url: string): string | undefined {
  const [, rest] = /^\/d\/([\w-]+.*)$/s.exec(url) ?? [];
  if (rest !== undefined) return `/dashboards/${rest.includes("?") ? rest : rest.replace("&", "?")}`;
  const outside = URL.parse(url);
  // Nothing but the web: a label could say `javascript:`.
  return outside && ["http:", "https:"].includes(outside.protocol) ? outside.href : undefined;
}

/** The address of a dashboard as it is looked at, with other parameters where they are given. */
export function dashboardHref(
  uid: string,
  { range, choices }: LinkContext,
  others: Readonly<Record<string, string>> = {},
): string {
  const all = new URLSearchParams([...choiceParameters(choices), ...rangeParameters(range)]);
  for (const [name, value] of Object.entries(others)) all.set(name, value);
  return `/dashboards/${encodeURIComponent(uid)}?${all}`;
}

/** The same dashboard in Grafana, at one panel. */
export function grafanaHref(
  base: string,
  uid: string,
  panel: number | undefined,
  { range, choices }: LinkContext,
): string {
  const all = new URLSearchParams([...choiceParameters(choices), ["from", String(range.from)], [
    "to",
    String(range.to),
  ]]);
  if (panel !== undefined) all.set("viewPanel", String(panel));
  return `${base.replace(/\/+$/, "")}/d/${encodeURIComponent(uid)}?${all}`;
}

/** Whether all values of a variable are chosen. */
export function isAll({ chosen }: Choice): boolean {
  return chosen.includes(ALL);
}
