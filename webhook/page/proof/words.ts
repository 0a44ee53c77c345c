/** What the page of proofs says. */

import type { Locale } from "../../../lib/text.ts";
import type { Hop, Why } from "./result.ts";

/** The words of the page of proofs. */
export interface ProofWords {
  readonly title: string;
  readonly about: string;
  readonly fromAlertmanager: string;
  readonly none: string;
  readonly run: string;
  readonly readOnly: string;
  readonly running: string;
  readonly last: string;
  readonly earlier: string;
  readonly passed: string;
  readonly failed: string;
  readonly waiting: string;
  readonly skipped: string;
  readonly hops: Readonly<Record<Hop["name"], (channel: string) => string>>;
  readonly whys: Readonly<Record<Why, string>>;
  readonly hop: string;
  readonly outcome: string;
  readonly elapsed: string;
  readonly when: string;
  readonly took: string;
  readonly by: string;
  readonly sinceEnd: string;
  readonly busy: string;
  readonly reload: string;
}

/** In both languages. */
export const WORDS: Readonly<Record<Locale, ProofWords>> = {
  fr: {
    title: "Preuve",
    about:
      "Une alerte d’essai parcourt tout le chemin\u00a0: Prometheus la déclenche, Alertmanager la transmet, elle arrive ici, chaque canal la reçoit, puis sa fin suit le même chemin.",
    fromAlertmanager:
      "Il n’y a pas de Prometheus ici\u00a0: l’essai commence par Alertmanager, ce qui vient avant n’est pas prouvé.",
    none: "Aucun essai n’a encore été fait d’ici.",
    run: "Essayer le chemin des alertes",
    readOnly: "Il faut être opérateur pour lancer un essai.",
    running: "Essai en cours",
    last: "Dernier essai",
    earlier: "Essais précédents",
    passed: "réussi",
    failed: "échoué",
    waiting: "en attente",
    skipped: "non vérifié",
    hops: {
      triggered: () => "Essai lancé",
      scraped: () => "Prometheus a lu l’indicateur",
      firing: () => "La règle s’est déclenchée dans Prometheus",
      alertmanager: () => "Alertmanager a reçu l’alerte",
      webhook: () => "L’alerte est arrivée ici",
      channel: (channel) => `Canal ${channel}\u00a0: livrée`,
      ended: () => "Fin de l’essai annoncée",
      webhookResolved: () => "La fin est arrivée ici",
      channelResolved: (channel) => `Canal ${channel}\u00a0: fin livrée`,
    },
    whys: {
      stopping: "Le récepteur est en cours d’arrêt",
      tooMany: "Trop d’essais sont en cours",
      notScraped: "Prometheus ne trouve pas l’indicateur de l’essai\u00a0: il n’interroge pas ce récepteur",
      notFiring: "Prometheus a l’indicateur, mais sa règle VigieDrill ne se déclenche pas",
      prometheusOdd: "La réponse de Prometheus n’est pas comprise",
      notTold: "Alertmanager n’a pas reçu l’alerte",
      muted: "Alertmanager retient l’alerte\u00a0: un silence ou une inhibition la rend muette",
      notSent:
        "Alertmanager a l’alerte, mais ne l’envoie pas ici\u00a0: un silence, une route ou le réseau la retient",
      noChannel: "Aucun canal n’est prévenu\u00a0: aucun n’est configuré, ou aucune route n’y mène",
      notDelivered: "Le message est ici, et n’est pas encore parti",
      notOver: "Personne n’a dit que l’alerte est finie",
    },
    hop: "Étape",
    outcome: "Résultat",
    elapsed: "Temps",
    when: "Quand",
    took: "Durée",
    by: "Par",
    sinceEnd: "Le temps repart de zéro à la fin de l’essai.",
    busy: "Un essai est déjà en cours.",
    reload: "Voir où il en est",
  },
  en: {
    title: "Proof",
    about:
      "A test alert goes the whole way: Prometheus fires it, Alertmanager passes it on, it arrives here, every channel gets it, and then its end takes the same way.",
    fromAlertmanager:
      "There is no Prometheus here: the test begins at Alertmanager, and what comes before is not proved.",
    none: "No test has been run from here yet.",
    run: "Test the alert path",
    readOnly: "Only operators may run a test.",
    running: "Test under way",
    last: "Last test",
    earlier: "Earlier tests",
    passed: "passed",
    failed: "failed",
    waiting: "waiting",
    skipped: "not looked at",
    hops: {
      triggered: () => "Test begun",
      scraped: () => "Prometheus has read the gauge",
      firing: () => "The rule fires in Prometheus",
      alertmanager: () => "Alertmanager has the alert",
      webhook: () => "The alert arrived here",
      channel: (channel) => `Channel ${channel}: delivered`,
      ended: () => "End of the test told",
      webhookResolved: () => "The end arrived here",
      channelResolved: (channel) => `Channel ${channel}: end delivered`,
    },
    whys: {
      stopping: "The webhook is being stopped",
      tooMany: "Too many drills are active",
      notScraped: "Prometheus does not find the drill’s gauge: it does not scrape this webhook",
      notFiring: "Prometheus has the gauge, and its rule VigieDrill does not fire",
      prometheusOdd: "Prometheus gave an answer that is not understood",
      notTold: "Alertmanager was not told of the alert",
      muted: "Alertmanager holds the alert back: a silence or an inhibition mutes it",
      notSent:
        "Alertmanager has the alert, and does not send it here: a silence, a route or the network holds it back",
      noChannel: "No channel is told: none is configured, or no route leads to one",
      notDelivered: "The webhook has the message, and has not sent it on",
      notOver: "Nobody said that the alert is over",
    },
    hop: "Hop",
    outcome: "Outcome",
    elapsed: "Time",
    when: "When",
    took: "Took",
    by: "By",
    sinceEnd: "Time starts anew when the test is ended.",
    busy: "A test is under way already.",
    reload: "See how far it is",
  },
};
