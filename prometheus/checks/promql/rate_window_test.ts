import { testExpressions } from "../testing/rules.ts";
import { rateWindowCheck } from "./rate_window.ts";

testExpressions(rateWindowCheck, {
  good: [
    "rate(node_cpu_seconds_total[1m]) > 1",
    "rate(node_cpu_seconds_total[60]) > 1",
    'increase(anything{job="api"}[8m]) > 1',
    // Whose it is cannot be said: the shortest interval counts.
    "rate(unknown_total[1m]) > 1",
    "max_over_time(node_load1[15s]) > 3",
    "max_over_time(rate(node_cpu_seconds_total[5m])[1h:1m]) > 3",
    "deriv(sum(node_load1)[5m:1m]) > 0",
    'rate(anything{job="not_there"}[1s]) > 0',
  ],
  bad: [
    [
      "rate(node_cpu_seconds_total[30s]) > 1",
      "error node_cpu_seconds_total[30s] → rate() looks at 30s, but its series are stored 15s apart",
    ],
    [
      'sum(increase(anything{job="api"}[5m])) > 1',
      'error anything{job="api"}[5m] → increase() looks at 5m, but its series are stored 2m apart',
    ],
    [
      "avg_over_time(node_load1[10s]) > 3",
      "error node_load1[10s] → avg_over_time() looks at 10s, but its series are stored 15s apart",
    ],
    [
      "deriv(sum(node_load1)[3m:1m]) > 0",
      "error sum(node_load1)[3m:1m] → deriv() looks at 3m, but its steps are 1m apart",
    ],
    ["changes(up[45s]) > 1", "error up[45s] → changes() looks at 45s, but its series are stored 15s apart"],
  ],
});
