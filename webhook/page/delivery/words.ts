/** What the page of deliveries says. */

import type { Locale } from "../../../lib/text.ts";
import type { ChannelState } from "../../delivery/mod.ts";
import type { DeliveryState } from "../../journal/journal.ts";

/** The words of the page of deliveries. */
export interface DeliveryWords {
  readonly title: string;
  readonly channels: string;
  readonly channel: string;
  readonly kind: string;
  readonly former: string;
  readonly state: string;
  readonly circuits: Readonly<Record<ChannelState["circuit"], string>>;
  readonly queued: string;
  readonly oldest: string;
  readonly delivered: string;
  readonly lost: string;
  readonly success: string;
  readonly latency: string;
  readonly lately: string;
  readonly noAttempts: string;
  readonly lastDelivered: string;
  readonly lastError: string;
  readonly pausedUntil: string;
  readonly failing: (count: number) => string;
  readonly untried: string;
  readonly sinceStart: string;
  readonly noChannels: string;
  readonly test: string;
  readonly testHead: string;
  readonly testText: string;
  readonly testSent: (channel: string) => string;
  readonly outcomes: Readonly<Record<DeliveryState, string>>;
  readonly dead: string;
  readonly deadShort: string;
  readonly noDead: string;
  readonly replay: string;
  readonly replaySelected: string;
  readonly replayAll: (channel: string) => string;
  readonly replayed: (count: number) => string;
  readonly select: (id: number) => string;
  readonly when: string;
  readonly what: string;
  readonly why: string;
  readonly attempts: string;
  readonly older: string;
  readonly newest: string;
  readonly quarantine: string;
  readonly noQuarantine: string;
  readonly size: string;
  readonly letter: (id: number) => string;
  readonly body: (id: number) => string;
  readonly message: string;
  readonly noMessage: string;
  readonly noChannel: (channel: string) => string;
  readonly nothingSelected: string;
  readonly readFailed: string;
  readonly writeFailed: string;
  readonly failures: string;
  readonly took: string;
  readonly gone: string;
  readonly goneText: string;
  readonly cut: (kept: string, whole: string) => string;
  readonly download: string;
  readonly back: string;
}

/** In both languages. */
export const WORDS: Readonly<Record<Locale, DeliveryWords>> = {
  fr: {
    title: "Envois",
    channels: "Canaux",
    channel: "Canal",
    kind: "Type",
    former: "retiré de la configuration",
    state: "État",
    circuits: { closed: "en service", open: "en panne", "half-open": "à l’essai" },
    queued: "En attente",
    oldest: "depuis",
    delivered: "Livrés",
    lost: "Perdus",
    success: "Réussite",
    latency: "Délai médian",
    lately: "Chiffres\u00a0: les derniers envois des 24 heures.",
    noAttempts: "aucun envoi",
    lastDelivered: "Dernier succès",
    lastError: "Dernière erreur",
    pausedUntil: "en pause jusqu’à",
    failing: (count) => count === 1 ? "1 échec" : `${count} échecs de suite`,
    untried: "rien depuis le démarrage",
    sinceStart: "Dernier succès et dernière erreur\u00a0: depuis le démarrage.",
    noChannels: "Aucun canal n’est configuré\u00a0: personne n’est prévenu.",
    test: "Envoyer l’essai",
    testHead: "Message d’essai",
    testText: "Texte (facultatif)",
    testSent: (channel) => `Message d’essai vers ${channel}\u00a0:`,
    outcomes: {
      queued: "en file",
      delivered: "livré",
      coalesced: "regroupé dans un plus récent",
      dead: "abandonné",
    },
    dead: "Messages abandonnés",
    deadShort: "Abandonnés",
    noDead: "Aucun message n’a été abandonné.",
    replay: "Renvoyer",
    replaySelected: "Renvoyer la sélection",
    replayAll: (channel) => `Tout renvoyer vers ${channel}`,
    replayed: (count) =>
      count === 0
        ? "Rien à renvoyer."
        : count === 1
        ? "Un message remis en file."
        : `${count} messages remis en file.`,
    select: (id) => `Choisir le message ${id}`,
    when: "Quand",
    what: "Alerte",
    why: "Pourquoi",
    attempts: "Tentatives",
    older: "Plus anciens",
    newest: "Les plus récents",
    quarantine: "Quarantaine",
    noQuarantine: "Tout ce qui est arrivé a été compris.",
    size: "Taille",
    letter: (id) => `Message abandonné ${id}`,
    body: (id) => `Contenu incompris ${id}`,
    message: "Message",
    noMessage: "Le message ne peut pas être montré\u00a0: son canal n’existe plus, ou il est trop grand.",
    noChannel: (channel) =>
      `Le canal ${channel} n’est plus configuré\u00a0: ce message ne peut pas être renvoyé.`,
    nothingSelected: "Aucun message n’est sélectionné.",
    readFailed: "Le journal ne peut pas être lu\u00a0: réessayez.",
    writeFailed: "Le journal ne peut pas être écrit\u00a0: réessayez.",
    failures: "Tentatives échouées",
    took: "Durée",
    gone: "Introuvable",
    goneText: "Il n’existe pas, a été renvoyé depuis, ou a été supprimé avec l’âge.",
    cut: (kept, whole) => `Montré\u00a0: ${kept} sur ${whole}.`,
    download: "Télécharger tel quel",
    back: "Retour aux envois",
  },
  en: {
    title: "Delivery",
    channels: "Channels",
    channel: "Channel",
    kind: "Kind",
    former: "no longer configured",
    state: "State",
    circuits: { closed: "working", open: "down", "half-open": "being tried" },
    queued: "Queued",
    oldest: "since",
    delivered: "Delivered",
    lost: "Failed",
    success: "Success",
    latency: "Median latency",
    lately: "Figures: the latest deliveries of the last 24 hours.",
    noAttempts: "no delivery",
    lastDelivered: "Last success",
    lastError: "Last error",
    pausedUntil: "paused until",
    failing: (count) => count === 1 ? "1 failure" : `${count} failures in a row`,
    untried: "nothing since the start",
    sinceStart: "Last success and last error are since the start.",
    noChannels: "No channel is configured: nobody is told.",
    test: "Send the test",
    testHead: "Test message",
    testText: "Text (optional)",
    testSent: (channel) => `Test message to ${channel}:`,
    outcomes: {
      queued: "queued",
      delivered: "delivered",
      coalesced: "told by a newer one",
      dead: "given up",
    },
    dead: "Dead letters",
    deadShort: "Dead",
    noDead: "No message was given up.",
    replay: "Replay",
    replaySelected: "Replay the selection",
    replayAll: (channel) => `Replay all of ${channel}`,
    replayed: (count) =>
      count === 0
        ? "Nothing to replay."
        : count === 1
        ? "One message is queued again."
        : `${count} messages are queued again.`,
    select: (id) => `Select message ${id}`,
    when: "When",
    what: "Alert",
    why: "Why",
    attempts: "Attempts",
    older: "Older",
    newest: "Newest",
    quarantine: "Quarantine",
    noQuarantine: "Everything that arrived was understood.",
    size: "Size",
    letter: (id) => `Dead letter ${id}`,
    body: (id) => `Body ${id}, not understood`,
    message: "Message",
    noMessage: "The message cannot be shown: its channel is gone, or it is too large.",
    noChannel: (channel) =>
      `The channel ${channel} is no longer configured: this message cannot be sent again.`,
    nothingSelected: "No message is selected.",
    readFailed: "The journal cannot be read: try again.",
    writeFailed: "The journal cannot be written: try again.",
    failures: "Failed attempts",
    took: "Took",
    gone: "Not found",
    goneText: "There is none, it was replayed meanwhile, or it was removed for its age.",
    cut: (kept, whole) => `Shown: ${kept} of ${whole}.`,
    download: "Download as it came",
    back: "Back to delivery",
  },
};
