import { testExpressions } from "../testing/rules.ts";
import { rateOnGaugeCheck } from "./rate_on_gauge.ts";

testExpressions(rateOnGaugeCheck, {
  good: [
    "rate(node_cpu_seconds_total[5m]) > 1",
    'increase(prometheus_http_requests_total{job="prometheus"}[5m]) > 1',
    "rate(prometheus_http_request_duration_seconds_bucket[5m]) > 1",
    "rate(prometheus_http_request_duration_seconds_sum[5m]) > 1",
    "deriv(node_memory_MemAvailable_bytes[1h]) < 0",
    "predict_linear(node_filesystem_avail_bytes[6h], 86400) < 0",
    // Nothing is known of these: one is untyped, one not in the catalogue, one recorded.
    "increase(node_vmstat_oom_kill[10m]) > 0",
    "rate(api_in_flight[10m]) > 0",
    "rate(a:b:c[10m]) > 0",
    "max_over_time(node_load1[1h]) > 3",
  ],
  bad: [
    [
      'rate(node_memory_MemAvailable_bytes{job="node"}[5m]) > 1',
      'error rate → rate() is for counters, but "node_memory_MemAvailable_bytes" is a gauge, which may fall',
    ],
    [
      "increase(node_load1[5m]) > 1",
      'error increase → increase() is for counters, but "node_load1" is a gauge, which may fall',
    ],
    [
      "1 < max by (instance) (irate(node_load1[5m]))",
      'error irate → irate() is for counters, but "node_load1" is a gauge, which may fall',
    ],
    [
      "predict_linear(node_cpu_seconds_total[5m], 3600) > 1",
      'error predict_linear → predict_linear() is for gauges, but "node_cpu_seconds_total" is a counter, which starts again at 0',
    ],
    [
      "delta(prometheus_http_request_duration_seconds_count[5m]) > 1",
      'error delta → delta() is for gauges, but "prometheus_http_request_duration_seconds_count" is a counter, which starts again at 0',
    ],
  ],
});
