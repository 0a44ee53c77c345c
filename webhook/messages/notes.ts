/** Remarks on a message: what a reader must know of how it came, one sentence each. */

import type { Locale } from "../../lib/text.ts";
import { cleanLine } from "./clean.ts";
import { formatLasting } from "./when.ts";
import { formatNumber } from "./words.ts";

/** What is to be remarked. */
export type MessageNote =
  /** It is told later than it should have been. `standsFor`: how many notifications it tells at once, itself among them. */
  | { readonly kind: "late"; readonly byMs: number; readonly standsFor: number }
  /** Its group keeps changing, and is told only what holds for `quietMs`. */
  | { readonly kind: "flapping"; readonly quietMs: number }
  /** It was meant for another channel, which could not be told. */
  | { readonly kind: "fallback"; readonly channel: string; readonly reason: string }
  /** The sender left alerts out. */
  | { readonly kind: "incomplete"; readonly leftOut: number }
  /** Somebody tries the channel. */
  | { readonly kind: "test" }
  /** The webhook speaks for itself. */
  | { readonly kind: "own" }
  /** A text of the configuration could not be made; the usual one stands in its place. */
  | { readonly kind: "template"; readonly template: "title" | "alert" | "text"; readonly reason: string }
  /** The destination refused the message in its full form. */
  | { readonly kind: "plain" }
  /** Anything else: a sentence in the reader's language. */
  | { readonly kind: "text"; readonly text: string };

const MAX_REASON = 300;

/** `note` as a sentence without its full stop. */
export function sayNote(note: MessageNote, locale: Locale): string {
  const fr = locale === "fr";
  switch (note.kind) {
    case "late": {
      const by = formatLasting(note.byMs, locale);
      const count = formatNumber(note.standsFor, locale);
      if (note.standsFor <= 1) return fr ? `En retard de ${by}` : `Late by ${by}`;
      return fr
        ? `En retard de ${by} : état le plus récent, à la place de ${count} notifications`
        : `Late by ${by}: the newest state, in place of ${count} notifications`;
    }
    case "flapping": {
      const quiet = formatLasting(note.quietMs, locale);
      return fr
        ? `Ce groupe change sans cesse : seul ce qui tient ${quiet} sera encore annoncé ; ce qui est critique l'est toujours`
        : `This group keeps changing: only what holds for ${quiet} is told from now on; what is critical always is`;
    }
    case "fallback": {
      const channel = cleanLine(note.channel, 100);
      const reason = cleanLine(note.reason, MAX_REASON);
      return (fr
        ? `Destiné au canal « ${channel} », injoignable`
        : `Meant for the channel "${channel}", which could not be told`) +
        (reason === "" ? "" : fr ? ` : ${reason}` : `: ${reason}`);
    }
    case "incomplete": {
      const count = formatNumber(note.leftOut, locale);
      if (note.leftOut <= 1) {
        return fr
          ? "Incomplet : l'expéditeur a omis une alerte, qui est peut-être en cours"
          : "Incomplete: the sender left out an alert, which may be firing";
      }
      return fr
        ? `Incomplet : l'expéditeur a omis ${count} alertes, dont certaines sont peut-être en cours`
        : `Incomplete: the sender left out ${count} alerts, some of which may be firing`;
    }
    case "test":
      return fr ? "Ceci est un essai" : "This is a test";
    case "own":
      return fr ? "Message du webhook lui-même" : "The webhook itself says this";
    case "template": {
      const reason = cleanLine(note.reason, MAX_REASON);
      return fr
        ? `Le modèle « ${note.template} » de ce canal a échoué, le texte habituel le remplace : ${reason}`
        : `The template "${note.template}" of this channel failed, the usual text stands in its place: ${reason}`;
    }
    case "plain":
      return fr
        ? "Texte simple : la destination a refusé la forme complète"
        : "Plain text: the destination refused the full form";
    case "text":
      return cleanLine(note.text, 1_000);
  }
}
