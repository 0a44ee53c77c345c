/** What the timeline of an alert says. */

import type { Locale } from "../../../lib/text.ts";
import type { Event } from "./story.ts";

/** The words. */
export interface TimelineWords {
  readonly title: string;
  readonly events: Readonly<Record<Exclude<Event["kind"], "told">, string>>;
  readonly told: Readonly<Record<"first" | "again" | "over" | "firing", string>>;
  readonly by: string;
  readonly until: string;
  readonly states: Readonly<Record<"queued" | "delivered" | "coalesced" | "dead", string>>;
  readonly nobody: string;
  readonly attempts: (count: number) => string;
  readonly accepted: string;
  readonly failed: string;
  readonly next: string;
  readonly due: string;
  readonly replayed: string;
  readonly lost: (count: number) => string;
  readonly instead: (channel: string) => string;
  readonly read: string;
  readonly none: string;
  readonly noneHere: string;
  readonly older: string;
  readonly newest: string;
  readonly cut: (count: number) => string;
  readonly silencesUnknown: string;
}

/** In both languages. */
export const TIMELINE: Readonly<Record<Locale, TimelineWords>> = {
  fr: {
    title: "Chronologie",
    events: {
      began: "Déclenchée",
      ended: "Terminée",
      silenced: "Mise en silence",
      unsilenced: "Fin du silence",
      acknowledged: "Prise en compte",
      withdrawn: "Prise en compte retirée",
    },
    told: {
      first: "Premier message",
      again: "Rappel",
      over: "Message de fin",
      firing: "Message : elle est en cours",
    },
    by: "par",
    until: "jusqu’à",
    states: {
      queued: "en attente",
      delivered: "livré",
      coalesced: "dit par un plus récent",
      dead: "abandonné",
    },
    nobody: "Aucun canal n’était à prévenir.",
    attempts: (count) => count < 2 ? `${count} essai` : `${count} essais`,
    accepted: "accepté",
    failed: "échec",
    next: "prochain essai",
    due: "à envoyer dès que le canal le permet",
    replayed: "renvoyé à la main",
    lost: (count) =>
      count < 2
        ? "Un essai plus ancien n’est plus gardé."
        : `${count} essais plus anciens ne sont plus gardés.`,
    instead: (channel) => `à la place de ${channel}`,
    read: "Lire le message",
    none: "Le journal ne connaît aucune notification de cette alerte.",
    noneHere: "Rien dans cette partie du journal : la recherche continue plus loin.",
    older: "Plus ancien",
    newest: "Le plus récent",
    cut: (count) => `Cette page montre ${count} notifications : il y en a peut-être de plus anciennes.`,
    silencesUnknown: "Les silences ne sont pas connus",
  },
  en: {
    title: "Timeline",
    events: {
      began: "Fired",
      ended: "Resolved",
      silenced: "Silenced",
      unsilenced: "Silence ended",
      acknowledged: "Acknowledged",
      withdrawn: "Acknowledgement withdrawn",
    },
    told: {
      first: "First message",
      again: "Repeated",
      over: "Message that it is over",
      firing: "Message that it fires",
    },
    by: "by",
    until: "until",
    states: {
      queued: "waiting",
      delivered: "delivered",
      coalesced: "told by a newer one",
      dead: "given up",
    },
    nobody: "No channel was to be told.",
    attempts: (count) => count === 1 ? "1 attempt" : `${count} attempts`,
    accepted: "accepted",
    failed: "failed",
    next: "next attempt",
    due: "to be sent as soon as the channel allows",
    replayed: "replayed by hand",
    lost: (count) =>
      count === 1 ? "1 earlier attempt is not kept." : `${count} earlier attempts are not kept.`,
    instead: (channel) => `instead of ${channel}`,
    read: "Read the message",
    none: "The journal knows no notification of this alert.",
    noneHere: "Nothing in this part of the journal: the search goes on with older ones.",
    older: "Older",
    newest: "Newest",
    cut: (count) => `This page shows ${count} notifications: there may be older ones.`,
    silencesUnknown: "Silences are not known",
  },
};
