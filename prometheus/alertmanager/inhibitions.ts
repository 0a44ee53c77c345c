/** Inhibitions: alerts that are not told because a worse one explains them. */

/** An inhibition in Alertmanager's own form. */
export interface Inhibition {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal: readonly string[];
}

// A label of `equal` that both alerts lack counts as equal: without this, an alert without instance would mute every other one.
const ON_AN_INSTANCE = 'instance!=""';

/** A critical alert mutes its own warning, and a host that is down mutes whatever else is said of it. */
export const INHIBITIONS: readonly Inhibition[] = [
  {
    source_matchers: ['severity="critical"', ON_AN_INSTANCE],
    target_matchers: ['severity="warning"', ON_AN_INSTANCE],
    // Device and mount point tell two disks of one host apart; alerts about other things have neither, on both sides.
    equal: ["alertname", "instance", "device", "mountpoint"],
  },
  {
    source_matchers: ['alertname="HostDown"', ON_AN_INSTANCE],
    target_matchers: ['alertname!="HostDown"', ON_AN_INSTANCE],
    equal: ["instance"],
  },
];
