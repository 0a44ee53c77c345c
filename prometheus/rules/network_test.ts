import { type AlertCase, type Series, testRules } from "../testing/rule_cases.ts";
import { fires, on } from "../testing/host_case.ts";
import { networkRules } from "./network.ts";

const ETH0 = { device: "eth0" };

/** Packets and errors that an interface counts in a minute, for 90 minutes; then no errors. */
function traffic(direction: "receive" | "transmit", good: number, bad: number, device = "eth0"): Series {
  return {
    [on(`node_network_${direction}_packets_total`, { device })]: `100000+${good}x100`,
    [on(`node_network_${direction}_errs_total`, { device })]: `100000+${bad}x90 ${100_000 + 90 * bad}+0x10`,
  };
}

function errors(
  direction: "receive" | "transmit",
  alert: string,
  fr: readonly string[],
  en: readonly string[],
): AlertCase {
  return {
    alert,
    // The window of two minutes holds two values a minute apart: the rate is there from the second one on.
    step: "1m",
    series: traffic(direction, 9_896, 104),
    moments: [{
      at: "1h1m",
      firing: [fires("warning", {
        summary: {
          fr: `L'interface eth0 de web-1 ${fr[0]}`,
          en: `Interface eth0 of web-1 ${en[0]}`,
        },
        description: {
          fr: `1,0 % des paquets ${
            fr[1]
          } sont en erreur (seuil : 1 % pendant 1 heure) : câble, carte, port du commutateur ou pilote.`,
          en: `1.0% of the packets ${
            en[1]
          } are in error (limit: 1% for 1 hour): cable, card, port of the switch or driver.`,
        },
      }, ETH0)],
    }, { at: "1h31m", firing: [] }],
    quiet: [
      traffic(direction, 9_901, 99),
      // Nothing at all; and an interface that is no cable.
      { ...traffic(direction, 0, 0), ...traffic(direction, 100, 100, "veth12ab") },
    ],
  };
}

function carrier(values: string, device = "eth0"): Series {
  return { [on("node_network_carrier_changes_total", { device })]: values };
}

const CASES: readonly AlertCase[] = [
  errors("receive", "HostNetworkReceiveErrors", ["reçoit mal", "reçus"], ["receives badly", "received"]),
  errors("transmit", "HostNetworkTransmitErrors", ["émet mal", "émis"], ["sends badly", "sent"]),
  {
    alert: "HostNetworkFlapping",
    // A change each 15 seconds, for 5 minutes; then the driver is loaded anew, and what is left is the time that the alert holds on.
    series: carrier("2+1x20 0x80"),
    moments: [{
      at: "2m45s",
      firing: [fires("warning", {
        summary: { fr: "La liaison eth0 de web-1 est instable", en: "Link eth0 of web-1 is unstable" },
        description: {
          fr:
            "Perdue ou retrouvée 7 fois en 2 minutes (seuil : 2 pendant 2 minutes) : câble, prise, port du commutateur ou carte.",
          en:
            "Lost or found again 7 times in 2 minutes (limit: 2 for 2 minutes): cable, plug, port of the switch or card.",
        },
      }, ETH0)],
    }, { at: "15m15s", firing: [] }],
    quiet: [
      // A cable pulled and put back.
      carrier("2 2 3 4x100"),
      // Two changes in any two minutes.
      carrier(
        Array.from({ length: 100 }, (_, i) => 2 + 2 * Math.floor(i / 7) + (i % 7 < 3 ? 0 : 1)).join(" "),
      ),
      carrier("2+1x100", "veth12ab"),
    ],
  },
  {
    alert: "HostBondingDegraded",
    series: {
      [on("node_bonding_slaves", { master: "bond0" })]: "2x40",
      [on("node_bonding_active", { master: "bond0" })]: "1x24 2x10",
    },
    moments: [{
      at: "5m",
      firing: [fires("warning", {
        summary: {
          fr: "L'agrégat bond0 de web-1 a perdu une liaison",
          en: "Bond bond0 of web-1 has lost a link",
        },
        description: {
          fr:
            "Liaisons perdues depuis 5 minutes : 1. Le réseau tient encore, avec moins de débit et sans secours.",
          en:
            "Links lost for 5 minutes: 1. The network still holds, with less throughput and nothing to fall back on.",
        },
      }, { master: "bond0" })],
    }, { at: "6m15s", firing: [] }],
    quiet: [{
      [on("node_bonding_slaves", { master: "bond0" })]: "2x40",
      [on("node_bonding_active", { master: "bond0" })]: "2x40",
      // A bond that nobody uses.
      [on("node_bonding_slaves", { master: "bond1" })]: "0x40",
      [on("node_bonding_active", { master: "bond1" })]: "0x40",
    }],
  },
  {
    alert: "HostConntrackHigh",
    series: {
      [on("node_nf_conntrack_entries")]: "76000x24 75000x10",
      [on("node_nf_conntrack_entries_limit")]: "100000x40",
    },
    moments: [{
      at: "5m",
      firing: [fires("warning", {
        summary: {
          fr: "Table des connexions de web-1 presque pleine",
          en: "Table of connections of web-1 almost full",
        },
        description: {
          fr:
            "Remplie à 76,0 % (seuil : 75 % pendant 5 minutes). Une fois pleine, le noyau refuse toute nouvelle connexion.",
          en:
            "76.0% of it is used (limit: 75% for 5 minutes). Once it is full, the kernel refuses every new connection.",
        },
      })],
    }, { at: "6m15s", firing: [] }],
    quiet: [
      { [on("node_nf_conntrack_entries")]: "75000x40", [on("node_nf_conntrack_entries_limit")]: "100000x40" },
      // No limit.
      { [on("node_nf_conntrack_entries")]: "75000x40", [on("node_nf_conntrack_entries_limit")]: "0x40" },
    ],
  },
];

testRules(networkRules, CASES);
