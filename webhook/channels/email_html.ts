/** A message as the HTML of an e-mail: one column, no colours of its own for text, so that a dark screen stays dark. */

import type { AlertView, Link, Pair } from "../message.ts";
import { formatNumber, WORDS } from "../messages/words.ts";
import { lookOf } from "../messages/severity.ts";
import type { Fitted } from "./cut.ts";
import { COLON } from "./lines.ts";

const BODY =
  "margin:0;padding:16px;font:16px/1.45 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const COLUMN = "max-width:640px;margin:0 auto;overflow-wrap:anywhere";
const TITLE = "margin:0 0 12px;padding-left:12px;font-size:20px;line-height:1.3";
const CARD = "margin:0 0 12px;padding:10px 14px;border:1px solid #88888880;border-radius:6px";
const BUTTON =
  "display:inline-block;margin:6px 8px 0 0;padding:6px 12px;border:1px solid;border-radius:4px;text-decoration:none";
const PICTURE = "max-width:640px;margin:16px auto 0";
const LABELS = "margin:6px 0 0;font:13px/1.5 ui-monospace,Menlo,Consolas,monospace";

/** The whole document. */
export function emailHtml({ message, omitted }: Fitted): string {
  const { locale, title, emoji, color, notes, text, alerts, labels, links } = message;
  const words = WORDS[locale];
  const valueWord = `${words.value}${COLON[locale]}`;
  const body = [
    `<h1 style="${TITLE};border-left:6px solid ${color}">${escape(`${emoji} ${title}`)}</h1>`,
    ...notes.map((note) => `<p style="margin:0 0 12px"><em>${escape(note)}</em></p>`),
    ...(text === "" ? alerts.map((alert) => alertHtml(alert, valueWord)) : [paragraph(text)]),
    ...(omitted > 0 && text === "" ? [paragraph(words.more(formatNumber(omitted, locale)))] : []),
    labelsHtml(labels),
    linksHtml(links),
  ];
  return `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escape(title)}</title>
</head>
<body style="${BODY}">
<div style="${COLUMN}">
${body.filter((part) => part !== "").join("\n")}
</div>
</body>
</html>
`;
}

/** `html`, a whole document of `emailHtml`, with the picture that the mail carries as `cid` below everything else. */
export function withPicture(html: string, cid: string, alt: string): string {
  const image = `<p style="${PICTURE}"><img src="cid:${escape(cid)}" alt="${
    escape(alt)
  }" width="640" style="max-width:100%;height:auto"></p>`;
  // Texts are escaped: the document ends in one place.
  return html.replace("</body>", () => `${image}\n</body>`);
}

function alertHtml(alert: AlertView, valueWord: string): string {
  const { emoji, name, when, summary, description, value, labels, links, status, severity } = alert;
  const parts = [
    `<p style="margin:0"><strong>${escape(`${emoji} ${name}`)}</strong>${
      when === "" ? "" : escape(` · ${when}`)
    }</p>`,
    paragraph(summary),
    paragraph(description),
    value === "" ? "" : `<p style="margin:6px 0 0">${escape(valueWord)}<strong>${escape(value)}</strong></p>`,
    labelsHtml(labels),
    linksHtml(links),
  ];
  return `<div style="${CARD};border-left:4px solid ${lookOf(status, severity).color}">${
    parts.join("")
  }</div>`;
}

function paragraph(text: string): string {
  return text === "" ? "" : `<p style="margin:6px 0 0">${escape(text).replaceAll("\n", "<br>")}</p>`;
}

function labelsHtml(labels: readonly Pair[]): string {
  if (labels.length === 0) return "";
  return `<p style="${LABELS}">${labels.map(([name, value]) => escape(`${name}=${value}`)).join("<br>")}</p>`;
}

function linksHtml(links: readonly Link[]): string {
  if (links.length === 0) return "";
  const buttons = links.map(({ label, url }) =>
    `<a href="${escape(url)}" style="${BUTTON}">${escape(label)}</a>`
  );
  return `<div>${buttons.join("")}</div>`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character]!);
}
