import { type AlertCase, type Series, testRules } from "../testing/rule_cases.ts";
import { fires, on } from "../testing/host_case.ts";
import { systemdRules } from "./systemd.ts";

const NGINX = { name: "nginx.service" };

function state(failed: string): Series {
  const unit = (state: string) => on("node_systemd_unit_state", { ...NGINX, state, type: "notify" });
  return { [unit("failed")]: failed, [unit("activating")]: "1x40" };
}

function restarts(values: string): Series {
  return { [on("node_systemd_service_restart_total", NGINX)]: values };
}

const CASES: readonly AlertCase[] = [
  {
    alert: "HostServiceFailed",
    series: state("1x24 0x10"),
    moments: [{
      at: "5m",
      firing: [fires("warning", {
        summary: { fr: "nginx.service a échoué sur web-1", en: "nginx.service failed on web-1" },
        description: {
          fr:
            "systemd l'a à l'état « failed » depuis 5 minutes : systemctl status nginx.service dit pourquoi.",
          en:
            'systemd has had it in the state "failed" for 5 minutes: systemctl status nginx.service says why.',
        },
      }, NGINX)],
    }, { at: "6m15s", firing: [] }],
    quiet: [state("0x40")],
  },
  {
    alert: "HostServiceRestarting",
    // A restart each minute, of which five values a minute apart show four; then it is started anew by hand.
    step: "1m",
    series: restarts("7+1x20 0x10"),
    moments: [{
      at: "18m",
      firing: [fires("warning", {
        summary: {
          fr: "nginx.service redémarre sans cesse sur web-1",
          en: "nginx.service keeps restarting on web-1",
        },
        description: {
          fr:
            "4 redémarrages en 5 minutes (seuil : 2 pendant 15 minutes) : journalctl -u nginx.service montre sur quoi il tombe.",
          en:
            "4 restarts within 5 minutes (limit: 2 for 15 minutes): journalctl -u nginx.service shows what it falls over.",
        },
      }, NGINX)],
    }, { at: "21m", firing: [] }],
    quiet: [
      // Two restarts in any five minutes.
      restarts("7 7 8 8 9 9 10 10 11 11 12 12 13 13 14 14 15 15 16 16 17 17 18 18 19"),
      // Started anew by hand: the count begins again.
      restarts("40 40 40 0x25"),
    ],
  },
];

testRules(systemdRules, CASES);
