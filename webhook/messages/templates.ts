/** A channel's own texts in the place of the usual ones. */

import type { AlertView, Message } from "../message.ts";
import type { Alert } from "../payload.ts";
import { cleanLine, cleanText } from "./clean.ts";
import { sayNote } from "./notes.ts";

/** What a template is made from. */
export interface TemplateInput {
  /** The message as it would be without templates; `message.notification` is what was notified. */
  readonly message: Message;
  /** For the template `alert`: the alert as it was notified, and as it would be said. */
  readonly alert?: Alert;
  readonly view?: AlertView;
}

/** Templates that are ready to be used: those that the channel has. @throws whatever goes wrong in one. */
export interface Templates {
  /** Gives the title. */
  readonly title?: (input: TemplateInput) => string;
  /** Gives what is said of one alert instead of its summary and description. */
  readonly alert?: (input: TemplateInput) => string;
  /** Gives what is said instead of all alerts. */
  readonly text?: (input: TemplateInput) => string;
}

/** Alerts behind these are counted only, by every destination that shows texts. */
const TOLD = 200;

/**
 * `message` with the texts that `templates` give. One that fails leaves the usual text in its place, and a note that says so: a wrong
 * template must not cost a message.
 *
 * @param alerts As they were notified, in the order of the message's.
 */
export function withTemplates(message: Message, alerts: readonly Alert[], templates: Templates): Message {
  // Each that failed, once, with what is said of it.
  const failed = new Map<keyof Templates, string>();
  const use = (name: keyof Templates, input: TemplateInput): string => {
    const template = templates[name];
    if (!template || failed.has(name)) return "";
    try {
      return template(input);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      failed.set(name, sayNote({ kind: "template", template: name, reason }, message.locale));
      return "";
    }
  };
  const title = cleanLine(use("title", { message })) || message.title;
  const text = cleanText(use("text", { message }));
  // What replaces all alerts leaves nobody to read about each.
  const views = templates.alert && text === ""
    ? message.alerts.map((view, i) => {
      if (i >= TOLD) return view;
      const description = cleanText(use("alert", { message, alert: alerts[i]!, view }));
      return description === "" ? view : { ...view, summary: "", description };
    })
    : message.alerts;
  return { ...message, title, text, alerts: views, notes: [...message.notes, ...failed.values()] };
}
