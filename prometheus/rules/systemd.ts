/** Alerts about systemd's services. The node exporter measures them with `--collector.systemd`, as Debian's package has it. */

import { COUNT, hostAlert } from "./host_alert.ts";
import { type AlertRule, atLeast, type RuleContext, type RuleFamily } from "./rule.ts";
import { inWords } from "./words.ts";

const RESTARTS = 'node_systemd_service_restart_total{job="node"}';

/** Services that failed, or start over and over. */
export const systemdRules: RuleFamily = {
  name: "systemd",
  needs: "node",
  rules: (context) => [failed(context), restarting(context)],
};

function failed(context: RuleContext): AlertRule {
  return hostAlert(context, {
    alert: "HostServiceFailed",
    severity: "warning",
    line: { for: "5m" },
    expr: () => 'max without (state, type) (node_systemd_unit_state{job="node",state="failed"}) == 1',
    summary: {
      fr: "{{ $labels.name }} a échoué sur {{ $labels.instance }}",
      en: "{{ $labels.name }} failed on {{ $labels.instance }}",
    },
    description: ({ since }) => ({
      fr: `systemd l'a à l'état « failed »${since.fr} : systemctl status {{ $labels.name }} dit pourquoi.`,
      en:
        `systemd has had it in the state "failed"${since.en}: systemctl status {{ $labels.name }} says why.`,
    }),
  });
}

function restarting(context: RuleContext): AlertRule {
  const window = atLeast("5m", context);
  return hostAlert(context, {
    alert: "HostServiceRestarting",
    severity: "warning",
    line: { threshold: 2, for: "15m" },
    // increase() extrapolates: two starts would count as more than two.
    expr: (threshold) => `${RESTARTS} - min_over_time(${RESTARTS}[${window}]) > ${threshold}`,
    summary: {
      fr: "{{ $labels.name }} redémarre sans cesse sur {{ $labels.instance }}",
      en: "{{ $labels.name }} keeps restarting on {{ $labels.instance }}",
    },
    description: ({ limit }) => ({
      fr: `${COUNT} redémarrages en ${
        inWords(window).fr
      } (${limit.fr}) : journalctl -u {{ $labels.name }} montre sur quoi il tombe.`,
      en: `${COUNT} restarts within ${
        inWords(window).en
      } (${limit.en}): journalctl -u {{ $labels.name }} shows what it falls over.`,
    }),
  });
}
