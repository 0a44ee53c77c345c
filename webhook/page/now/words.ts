/** What the first page says. */

import type { Locale } from "../../../lib/text.ts";
import type { ReadinessCheck } from "../../readiness.ts";

/** The words of the first page. */
export interface NowWords {
  readonly title: string;
  readonly well: string;
  readonly separator: string;
  readonly more: (count: number) => string;
  readonly hosts: (count: number) => string;
  readonly services: (count: number) => string;
  readonly proved: (took: string, ago: string) => string;
  readonly unproved: string;
  readonly fires: (alert: string, where: string) => string;
  readonly hostDown: (host: string) => string;
  readonly serviceDown: (service: string, up: number, of: number) => string;
  readonly notReady: (check: string) => string;
  readonly lookAt: (check: string) => string;
  readonly checks: Readonly<Record<ReadinessCheck["name"], string>>;
  readonly channelDown: (channel: string) => string;
  readonly dead: (channel: string, count: number) => string;
  readonly noChannels: string;
  readonly proofFailed: (ago: string) => string;
  readonly noPrometheus: string;
  readonly silent: string;
  readonly partly: string;
  readonly nothingYet: string;
  readonly blind: (hosts: string) => string;
  readonly hostsTitle: string;
  readonly servicesTitle: string;
  readonly firingTitle: string;
  readonly elsewhere: string;
  readonly cpu: string;
  readonly memory: string;
  readonly disk: string;
  readonly load: string;
  readonly hour: (figure: string) => string;
  readonly noValue: string;
  readonly up: string;
  readonly down: string;
  readonly some: (up: number, of: number) => string;
  readonly unknown: string;
  readonly noFiring: string;
  readonly firingUnknown: string;
  readonly noHosts: string;
  readonly all: string;
  readonly runbooks: string;
  readonly api: string;
  readonly metrics: string;
  readonly asOf: string;
  readonly ready: string;
  readonly notReadyBadge: string;
}

/** In both languages. */
export const WORDS: Readonly<Record<Locale, NowWords>> = {
  fr: {
    title: "Maintenant",
    well: "Tout va bien\u00a0: ",
    separator: "\u00a0; ",
    more: (count) => `et ${count} de plus`,
    hosts: (count) => `${count} ${count > 1 ? "machines" : "machine"}`,
    services: (count) => `${count} ${count > 1 ? "services" : "service"}`,
    proved: (took, ago) => `le dernier essai du chemin des alertes a pris ${took}, ${ago}`,
    unproved: "le chemin des alertes n’a pas encore été essayé d’ici",
    fires: (alert, where) => `${alert} est déclenchée${where === "" ? "" : ` (${where})`}`,
    hostDown: (host) => `la machine ${host} ne répond pas`,
    serviceDown: (service, up, of) =>
      up === 0 ? `${service} ne répond pas` : `${service}\u00a0: ${up} sur ${of} répondent`,
    notReady: (check) => `le service d’envoi n’est pas prêt (${check})`,
    lookAt: (check) => `à regarder\u00a0: ${check}`,
    checks: {
      accepting: "réception",
      journal: "journal",
      configuration: "configuration",
    },
    channelDown: (channel) => `le canal ${channel} est en panne`,
    dead: (channel, count) =>
      count > 1 ? `${count} messages abandonnés vers ${channel}` : `un message abandonné vers ${channel}`,
    noChannels: "aucun canal n’est configuré, personne n’est prévenu",
    proofFailed: (ago) => `le dernier essai du chemin des alertes a échoué, ${ago}`,
    noPrometheus: "l’état des machines n’est pas connu\u00a0: il n’y a pas de Prometheus ici",
    silent: "l’état n’est pas connu\u00a0: Prometheus ne répond pas comme il faut",
    partly: "une partie des mesures manque",
    nothingYet: "Prometheus ne mesure encore rien",
    blind: (hosts) => `des mesures manquent pour ${hosts}`,
    hostsTitle: "Machines",
    servicesTitle: "Services",
    firingTitle: "Alertes en cours",
    elsewhere: "Ailleurs",
    cpu: "Processeurs",
    memory: "Mémoire",
    disk: "Disque le plus plein",
    load: "Charge par processeur",
    hour: (figure) => `${figure}, dernière heure`,
    noValue: "pas de mesure",
    up: "répond",
    down: "ne répond pas",
    some: (up, of) => `${up} sur ${of}`,
    unknown: "inconnu",
    noFiring: "Aucune alerte n’est en cours.",
    firingUnknown: "On ne sait pas quelles alertes sont en cours.",
    noHosts: "Prometheus ne connaît aucune machine.",
    all: "Toutes les alertes",
    runbooks: "Procédures",
    api: "API",
    metrics: "Métriques",
    asOf: "Mesuré",
    ready: "prêt",
    notReadyBadge: "pas prêt",
  },
  en: {
    title: "Now",
    well: "Everything is well: ",
    separator: "; ",
    more: (count) => `and ${count} more`,
    hosts: (count) => `${count} ${count === 1 ? "host" : "hosts"}`,
    services: (count) => `${count} ${count === 1 ? "service" : "services"}`,
    proved: (took, ago) => `the last alert path test took ${took}, ${ago}`,
    unproved: "the alert path has not been tested from here yet",
    fires: (alert, where) => `${alert} fires${where === "" ? "" : ` (${where})`}`,
    hostDown: (host) => `host ${host} does not answer`,
    serviceDown: (service, up, of) =>
      up === 0 ? `${service} does not answer` : `${service}: ${up} of ${of} answer`,
    notReady: (check) => `the delivery service is not ready (${check})`,
    lookAt: (check) => `to be looked at: ${check}`,
    checks: { accepting: "reception", journal: "journal", configuration: "configuration" },
    channelDown: (channel) => `channel ${channel} is down`,
    dead: (channel, count) =>
      count > 1 ? `${count} messages to ${channel} were given up` : `a message to ${channel} was given up`,
    noChannels: "no channel is configured, nobody is told",
    proofFailed: (ago) => `the last alert path test failed, ${ago}`,
    noPrometheus: "the state of the hosts is not known: there is no Prometheus here",
    silent: "the state is not known: Prometheus does not answer as it should",
    partly: "some measurements are missing",
    nothingYet: "Prometheus measures nothing yet",
    blind: (hosts) => `measurements are missing for ${hosts}`,
    hostsTitle: "Hosts",
    servicesTitle: "Services",
    firingTitle: "Firing alerts",
    elsewhere: "Elsewhere",
    cpu: "Processors",
    memory: "Memory",
    disk: "Fullest disk",
    load: "Load per processor",
    hour: (figure) => `${figure}, last hour`,
    noValue: "no value",
    up: "answers",
    down: "does not answer",
    some: (up, of) => `${up} of ${of}`,
    unknown: "unknown",
    noFiring: "No alert is firing.",
    firingUnknown: "It is not known which alerts fire.",
    noHosts: "Prometheus knows of no host.",
    all: "All alerts",
    runbooks: "Runbooks",
    api: "API",
    metrics: "Metrics",
    asOf: "Measured",
    ready: "ready",
    notReadyBadge: "not ready",
  },
};
