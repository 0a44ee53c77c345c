/** Texts of the messages that Alertmanager sends itself, in the stack's language. */

import type { Locale } from "../../lib/text.ts";

const WORDS = {
  fr: {
    lang: "fr",
    firing: "EN COURS",
    resolved: "RÉSOLU",
    since: "Depuis",
    until: "Fin",
    labels: "Étiquettes :",
    date: "02/01/2006 15:04:05 MST",
  },
  en: {
    lang: "en",
    firing: "FIRING",
    resolved: "RESOLVED",
    since: "Since",
    until: "Ended",
    labels: "Labels:",
    date: "2006-01-02 15:04:05 MST",
  },
};

/**
 * The content of templates/vigie.tmpl: a title, a text and a page, each for one notification. The page is escaped by
 * Alertmanager; the text is sent as it is.
 */
export function templates(locale: Locale): string {
  const words = WORDS[locale];
  const status = `{{ if eq .Status "firing" }}${words.firing}{{ else }}${words.resolved}{{ end }}`;
  const name = "{{ .Labels.alertname }}";
  const headline = `{{ or .Annotations.summary .Labels.alertname }}`;
  const since = `${words.since} {{ .StartsAt.Format "${words.date}" }}`;
  const until = `{{ if eq .Status "resolved" }}${words.until} {{ .EndsAt.Format "${words.date}" }}{{ end }}`;
  return `{{ define "vigie.title" }}[${status}{{ if eq .Status "firing" }} {{ len .Alerts.Firing }}{{ end }}] {{ if eq (len .Alerts) 1 }}{{ with index .Alerts 0 }}${headline}{{ end }}{{ else }}{{ .GroupLabels.Values | join " " }}{{ end }}{{ end }}

{{ define "vigie.text" }}{{ range .Alerts }}[${status}] ${headline}
{{ with .Annotations.description }}{{ . }}
{{ end }}${since}
{{ if eq .Status "resolved" }}${until}
{{ end }}${words.labels}{{ range .Labels.SortedPairs }} {{ .Name }}={{ .Value }}{{ end }}

{{ end }}{{ end }}

{{ define "vigie.html" }}<!DOCTYPE html>
<html lang="${words.lang}"><head><meta charset="utf-8"><title>{{ template "vigie.title" . }}</title></head>
<body style="font-family: sans-serif; max-width: 40em">
{{ range .Alerts }}<h2 style="border-left: 0.4em solid {{ if eq .Status "firing" }}#c4162a{{ else }}#37872d{{ end }}; padding-left: 0.5em">${headline}</h2>
<p><strong>${status}</strong> ${name}{{ with .Labels.severity }}, {{ . }}{{ end }}</p>
{{ with .Annotations.description }}<p>{{ . }}</p>
{{ end }}<p>${since}{{ if eq .Status "resolved" }}<br>${until}{{ end }}</p>
<p style="color: #555">{{ range .Labels.SortedPairs }}{{ .Name }}={{ .Value }}<br>{{ end }}</p>
{{ end }}</body></html>
{{ end }}
`;
}
