/** What the pages ask Alertmanager: each answer limited in time and size. */

import { limitedText } from "./limited_text.ts";
import type { PageOptions } from "./view.ts";

/** Alertmanager did not do what it was asked for; the message says why. */
export class AlertmanagerSilent extends Error {
  override readonly name = "AlertmanagerSilent";
}

/** Asks a path below `/api/v2/`. @returns the body of a good answer. @throws {AlertmanagerSilent} */
export type AskAlertmanager = (path: string, init?: RequestInit) => Promise<string>;

const TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/** What asks Alertmanager at `page.alertmanager`. */
export function alertmanagerOf(
  { page, fetch, redact }: Pick<PageOptions, "page" | "fetch" | "redact">,
): AskAlertmanager {
  return async (path, init = {}) => {
    const base = page().alertmanager?.url;
    if (base === undefined) {
      throw new AlertmanagerSilent("There is no Alertmanager: webhook.json has no page.alertmanager");
    }
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    let response: Response;
    let text: string | undefined;
    try {
      response = await fetch(new URL(`api/v2/${path}`, base.endsWith("/") ? base : `${base}/`), {
        ...init,
        signal,
        redirect: "manual",
      });
      text = await limitedText(response, MAX_ANSWER_BYTES);
    } catch (error) {
      throw new AlertmanagerSilent(
        signal.aborted
          ? `Alertmanager did not answer within ${TIMEOUT_MS / 1_000} s`
          : redact(`Alertmanager cannot be reached: ${(error as Error).message}`),
      );
    }
    if (text === undefined) {
      throw new AlertmanagerSilent(
        `Alertmanager's answer is larger than ${MAX_ANSWER_BYTES / 1024 / 1024} MB`,
      );
    }
    if (response.ok) return text;
    throw new AlertmanagerSilent(
      redact(`Alertmanager answered HTTP ${response.status}: ${text.slice(0, 300)}`),
    );
  };
}

/** The list in an answer. @throws {AlertmanagerSilent} when it is none. */
export function listIn(text: string): unknown[] {
  try {
    const list = JSON.parse(text);
    if (Array.isArray(list)) return list;
  } catch {
    // Said below.
  }
  throw new AlertmanagerSilent("Alertmanager's answer is not as its API has it");
}
