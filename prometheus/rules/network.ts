/** Alerts about the network of hosts, measured by the node exporter: errors, cables, connections. */

import { COUNT, hostAlert } from "./host_alert.ts";
import { type AlertRule, atLeast, type RuleContext, type RuleFamily } from "./rule.ts";
import { PERCENT } from "./settable_alert.ts";
import { inWords, VALUE } from "./words.ts";

// The interfaces of containers and virtual machines come and go, and have no cable.
const INTERFACES =
  'device!~"lo|veth.*|docker.*|br-.*|virbr.*|vnet.*|tap.*|cni.*|flannel.*|cali.*|ifb.*",job="node"';

/** Interfaces that lose packets or their link, tables that are full. */
export const networkRules: RuleFamily = {
  name: "network",
  needs: "node",
  rules: (context) => [
    errors(context, "receive", {
      alert: "HostNetworkReceiveErrors",
      fr: ["reçoit mal", "reçus"],
      en: ["receives badly", "received"],
    }),
    errors(context, "transmit", {
      alert: "HostNetworkTransmitErrors",
      fr: ["émet mal", "émis"],
      en: ["sends badly", "sent"],
    }),
    flapping(context),
    bonding(context),
    conntrack(context),
  ],
};

function errors(
  context: RuleContext,
  direction: "receive" | "transmit",
  { alert, fr, en }: {
    readonly alert: string;
    readonly fr: readonly [does: string, done: string];
    readonly en: readonly [does: string, done: string];
  },
): AlertRule {
  const rate = (what: string) =>
    `rate(node_network_${direction}_${what}_total{${INTERFACES}}[${atLeast("2m", context)}])`;
  return hostAlert(context, {
    alert,
    severity: "warning",
    line: { threshold: 1, for: "1h" },
    // A packet with an error is counted as that alone. An interface without traffic gives 0/0, which is above nothing.
    expr: (threshold) => `100 * ${rate("errs")} / (${rate("packets")} + ${rate("errs")}) > ${threshold}`,
    unit: PERCENT,
    variables: ["device"],
    summary: {
      fr: `L'interface {{ $labels.device }} de {{ $labels.instance }} ${fr[0]}`,
      en: `Interface {{ $labels.device }} of {{ $labels.instance }} ${en[0]}`,
    },
    description: ({ limit }) => ({
      fr: `${VALUE.fr} % des paquets ${
        fr[1]
      } sont en erreur (${limit.fr}) : câble, carte, port du commutateur ou pilote.`,
      en: `${VALUE.en}% of the packets ${
        en[1]
      } are in error (${limit.en}): cable, card, port of the switch or driver.`,
    }),
  });
}

function flapping(context: RuleContext): AlertRule {
  const changes = `node_network_carrier_changes_total{${INTERFACES}}`;
  const window = atLeast("2m", context);
  return hostAlert(context, {
    alert: "HostNetworkFlapping",
    severity: "warning",
    // A link that flaps rests now and then: it is one fault, not many.
    line: { threshold: 2, for: "2m", keepFiringFor: "10m" },
    // increase() extrapolates: a cable pulled and put back, two changes, would count as more than two.
    expr: (threshold) => `${changes} - min_over_time(${changes}[${window}]) > ${threshold}`,
    variables: ["device"],
    summary: {
      fr: "La liaison {{ $labels.device }} de {{ $labels.instance }} est instable",
      en: "Link {{ $labels.device }} of {{ $labels.instance }} is unstable",
    },
    description: ({ limit }) => ({
      fr: `Perdue ou retrouvée ${COUNT} fois en ${
        inWords(window).fr
      } (${limit.fr}) : câble, prise, port du commutateur ou carte.`,
      en: `Lost or found again ${COUNT} times in ${
        inWords(window).en
      } (${limit.en}): cable, plug, port of the switch or card.`,
    }),
  });
}

function bonding(context: RuleContext): AlertRule {
  return hostAlert(context, {
    alert: "HostBondingDegraded",
    severity: "warning",
    line: { for: "5m" },
    expr: () => 'node_bonding_slaves{job="node"} - node_bonding_active{job="node"} > 0',
    summary: {
      fr: "L'agrégat {{ $labels.master }} de {{ $labels.instance }} a perdu une liaison",
      en: "Bond {{ $labels.master }} of {{ $labels.instance }} has lost a link",
    },
    description: ({ since }) => ({
      fr:
        `Liaisons perdues${since.fr} : ${COUNT}. Le réseau tient encore, avec moins de débit et sans secours.`,
      en:
        `Links lost${since.en}: ${COUNT}. The network still holds, with less throughput and nothing to fall back on.`,
    }),
  });
}

function conntrack(context: RuleContext): AlertRule {
  return hostAlert(context, {
    alert: "HostConntrackHigh",
    severity: "warning",
    line: { threshold: 75, for: "5m" },
    expr: (threshold) =>
      `100 * node_nf_conntrack_entries{job="node"} / (node_nf_conntrack_entries_limit{job="node"} > 0) > ${threshold}`,
    unit: PERCENT,
    summary: {
      fr: "Table des connexions de {{ $labels.instance }} presque pleine",
      en: "Table of connections of {{ $labels.instance }} almost full",
    },
    description: ({ limit }) => ({
      fr: `Remplie à ${VALUE.fr} % (${limit.fr}). Une fois pleine, le noyau refuse toute nouvelle connexion.`,
      en:
        `${VALUE.en}% of it is used (${limit.en}). Once it is full, the kernel refuses every new connection.`,
    }),
  });
}
