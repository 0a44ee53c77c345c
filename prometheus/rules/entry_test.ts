import { entryRules } from "./entry.ts";
import { type AlertCase, testRules } from "../testing/rule_cases.ts";

const DAY = 86_400;
const WHO = { instance: "entry", job: "entry" };
const certificateOf = (job: string) =>
  `probe_ssl_earliest_cert_expiry{instance="entry",job="${job}",target="vigie.example.org"}`;

const CASES: readonly AlertCase[] = [
  {
    alert: "EntryDown",
    series: { 'up{instance="entry",job="entry"}': "0x20 1x20" },
    moments: [{
      at: "2m",
      firing: [{
        severity: "critical",
        labels: WHO,
        summary: { fr: "L'entrée ne répond plus", en: "The entry does not answer" },
        description: {
          fr:
            "Injoignable depuis 2 minutes : personne n'atteint plus les tableaux de bord ni les liens des alertes ; les alertes elles-mêmes continuent de partir. Pourquoi : deno task doctor",
          en:
            "Unreachable for 2 minutes: nobody reaches dashboards or the links of alerts any more; alerts themselves are still sent. To find out why: deno task doctor",
        },
      }],
    }, { at: "5m15s", firing: [] }],
    quiet: [{ 'up{instance="entry",job="entry"}': "1x20" }],
  },
  {
    alert: "EntryReloadFailed",
    series: { 'caddy_config_last_reload_successful{instance="entry",job="entry"}': "0x40 1x20" },
    moments: [{
      at: "5m",
      firing: [{
        severity: "warning",
        labels: WHO,
        summary: { fr: "L'entrée refuse sa configuration", en: "The entry refuses its configuration" },
        description: {
          fr:
            "Elle fonctionne encore avec l'ancienne, certificat compris, et ne redémarrerait plus. La cause est dans son journal : deno task logs entry",
          en:
            "It still runs with the old one, certificate included, and would not start again. Its log says why: deno task logs entry",
        },
      }],
    }, { at: "10m15s", firing: [] }],
    quiet: [{ 'caddy_config_last_reload_successful{instance="entry",job="entry"}': "1x40" }],
  },
  {
    alert: "EntryCertificateExpiring",
    series: { [certificateOf("entry-tls-own")]: `${5 * DAY}x40 ${60 * DAY}x40` },
    moments: [{
      at: "5m",
      firing: [{
        severity: "warning",
        labels: { instance: "entry", job: "entry-tls-own", target: "vigie.example.org" },
        summary: {
          fr: "Le certificat de l'entrée expire bientôt",
          en: "The entry's certificate ends soon",
        },
        description: {
          fr:
            "Il reste 5,0 jours au certificat de vigie.example.org (seuil : 20 jours pendant 5 minutes) : après, les navigateurs refusent d'entrer. Renouvelez-le et remplacez les fichiers que nomme config.ts ; s'ils le sont déjà : deno task renew dit pourquoi l'entrée ne les a pas pris",
          en:
            "The certificate of vigie.example.org is good for another 5.0 days (limit: 20 days for 5 minutes): after that browsers refuse to enter. Renew it and replace the files that config.ts names; where that is done: deno task renew says why the entry has not taken them",
        },
      }],
    }, { at: "10m15s", firing: [] }],
    quiet: [{ [certificateOf("entry-tls-own")]: `${21 * DAY}x40` }],
  },
  {
    alert: "EntryCertificateNotRenewed",
    series: { [certificateOf("entry-tls")]: `0x40 ${60 * DAY}x40` },
    moments: [{
      at: "5m",
      firing: [{
        severity: "critical",
        labels: { instance: "entry", job: "entry-tls", target: "vigie.example.org" },
        summary: {
          fr: "Le certificat de l'entrée expire bientôt",
          en: "The entry's certificate ends soon",
        },
        description: {
          fr:
            "Le certificat de vigie.example.org a expiré : les navigateurs refusent d'entrer. Caddy aurait dû le renouveler. La cause est dans son journal : deno task logs entry",
          en:
            "The certificate of vigie.example.org has ended: browsers refuse to enter. Caddy should have renewed it. Its log says why: deno task logs entry",
        },
      }],
    }, { at: "10m15s", firing: [] }],
    // It was to be renewed when ten were left, and there is still time.
    quiet: [{ [certificateOf("entry-tls")]: `${7.5 * DAY}x40` }],
  },
];

testRules(entryRules, CASES);
