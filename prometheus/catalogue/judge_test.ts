import { deepEqual, ok } from "node:assert/strict";
import { parsePromql } from "../../lib/promql/mod.ts";
import { exampleFiles, MEASURE } from "../testing/example.ts";
import { misnomersOf, type Scraped, scrapedOf } from "./mod.ts";

const ALL = scrapedOf(exampleFiles())!;
// Without jobs of the user's own everything is known.
const KNOWN = scrapedOf(exampleFiles({ ...MEASURE, jobs: [] }))!;

function judged(text: string, scraped: Scraped = KNOWN): string[] {
  const { expr } = parsePromql(text);
  ok(expr, text);
  return misnomersOf(expr, scraped).map(({ certain, from, to, message, cure }) =>
    `${certain ? "error" : "warning"} at "${text.slice(from, to)}": ${message}. ${cure}`
  );
}

const BAD: readonly (readonly [expr: string, said: string])[] = [
  [
    "node_laod1",
    'error at "node_laod1": Nothing that is scraped is known to expose "node_laod1". Did you mean "node_load1"?',
  ],
  [
    "rate(prometheus_tsdb_compactions_faild_total[5m]) > 0",
    'error at "prometheus_tsdb_compactions_faild_total": Nothing that is scraped is known to expose ' +
    '"prometheus_tsdb_compactions_faild_total". Did you mean "prometheus_tsdb_compactions_failed_total"?',
  ],
  [
    "smartmon_device_smart_healthy == 0",
    'warning at "smartmon_device_smart_healthy": Nothing that is scraped is known to expose "smartmon_device_smart_healthy". ' +
    "Correct the name; `deno task check --online` asks what runs, which knows textfiles and collectors that are off by default",
  ],
  [
    "vigie_webhook_something_else",
    'error at "vigie_webhook_something_else": Nothing that is scraped is known to expose "vigie_webhook_something_else". ' +
    "Correct the name; `deno task check --online` asks what runs, which knows textfiles and collectors that are off by default",
  ],
  [
    "instance:node_cpu:rate1m",
    'error at "instance:node_cpu:rate1m": No rule records "instance:node_cpu:rate1m". ' +
    "Correct the name; `deno task check --online` asks what runs, which knows textfiles and collectors that are off by default",
  ],
  [
    "sum(rate(prometheus_http_request_duration_seconds[5m]))",
    'error at "prometheus_http_request_duration_seconds": "prometheus_http_request_duration_seconds" is a histogram: ' +
    "no series has that name. Select one of its series: prometheus_http_request_duration_seconds_bucket, " +
    "prometheus_http_request_duration_seconds_sum, prometheus_http_request_duration_seconds_count",
  ],
  [
    'node_load1{job="prometheus"}',
    'error at "node_load1": "prometheus" exposes no "node_load1": "node" does. Select job="node"',
  ],
  ['up{job="nod"}', 'error at "job="nod"": No scrape job fits job="nod". Did you mean "node"?'],
  [
    'rate(node_cpu_seconds_total{mode="idel"}[5m])',
    'error at "mode="idel"": "mode" of "node_cpu_seconds_total" is never "idel". Did you mean "idle"?',
  ],
  [
    'rate(node_cpu_seconds_total{mode!~"idle|iowiat"}[5m])',
    'warning at "mode!~"idle|iowiat"": "mode" of "node_cpu_seconds_total" is never "iowiat". Did you mean "iowait"?',
  ],
  [
    'rate(node_cpu_seconds_total{mode=~"gu.+"}[5m])',
    'error at "mode=~"gu.+"": mode=~"gu.+" fits no value that "mode" of "node_cpu_seconds_total" takes. Its values are ' +
    '"idle", "iowait", "irq", "nice", "softirq", "steal", "system", "user"',
  ],
  [
    'node_disk_io_now{devcie="sda"}',
    'error at "devcie="sda"": "node_disk_io_now" has no label "devcie": devcie="sda" selects nothing. Did you mean "device"?',
  ],
  [
    'node_filesystem_avail_bytes{fstpye!="tmpfs"}',
    'warning at "fstpye!="tmpfs"": "node_filesystem_avail_bytes" has no label "fstpye": fstpye!="tmpfs" leaves nothing out. ' +
    'Did you mean "fstype"?',
  ],
  [
    'node_load1{instance="web-9"}',
    'error at "instance="web-9"": "instance" of "node_load1" is never "web-9". Did you mean "web-1"?',
  ],
  [
    'probe_success{kind="htpp"}',
    'error at "kind="htpp"": "kind" of "probe_success" is never "htpp". Did you mean "http"?',
  ],
  [
    "sum by (devcie) (node_disk_io_now)",
    'error at "sum by (devcie) (node_disk_io_now)": by (devcie): none of its series has a label "devcie". Did you mean "device"?',
  ],
  [
    "sum without (cpuu) (rate(node_cpu_seconds_total[5m]))",
    'warning at "sum without (cpuu) (rate(node_cpu_seconds_total[5m]))": without (cpuu): none of its series has a label "cpuu". ' +
    'Did you mean "cpu"?',
  ],
  [
    "node_memory_MemFree_bytes / on (instnce) node_memory_MemTotal_bytes",
    'error at "node_memory_MemFree_bytes / on (instnce) node_memory_MemTotal_bytes": on (instnce): none of its series has a ' +
    'label "instnce". Did you mean "instance"?',
  ],
  [
    'instance:node_memory_used:ratio{instnce="web-1"} > 0.9',
    'error at "instnce="web-1"": "instance:node_memory_used:ratio" has no label "instnce": instnce="web-1" selects nothing. ' +
    'Did you mean "instance"?',
  ],
  [
    "up * on (instance) group_left (nodname) node_uname_info",
    'error at "up * on (instance) group_left (nodname) node_uname_info": group_left (nodname): none of its series has a label ' +
    '"nodname". Did you mean "nodename"?',
  ],
  [
    '{__name__=~"nodde_.*"}',
    'warning at "{__name__=~"nodde_.*"}": Nothing that is scraped is known to expose a metric of such a name. ' +
    "Correct the name; `deno task check --online` asks what runs",
  ],
  ['{job="nod"}', 'error at "job="nod"": No scrape job fits job="nod". Did you mean "node"?'],
  [
    "max by (device) (instance:node_memory_used:ratio)",
    'error at "max by (device) (instance:node_memory_used:ratio)": by (device): none of its series has a label "device". ' +
    "Its labels are instance, job, team",
  ],
  [
    'ALERTS{alertname="HostDwon"}',
    'error at "alertname="HostDwon"": No alert fits alertname="HostDwon". Did you mean "HostDown"?',
  ],
];

for (const [expr, said] of BAD) {
  Deno.test(`misnomersOf names what is wrong in ${expr}`, () => deepEqual(judged(expr), [said]));
}

Deno.test("misnomersOf has nothing against what is exposed", () => {
  const good = [
    'up{job="node"} == 0',
    "sum by (nodename) (up * on (instance) group_left (nodename) node_uname_info)",
    '{__name__=~"node_load.*"}',
    "up",
    'sum by (instance, le) (rate(prometheus_http_request_duration_seconds_bucket{le="0.1"}[5m]))',
    'go_gc_duration_seconds{quantile="0.5"}',
    "node_hwmon_temp_celsius > 80 and on (instance, chip) node_hwmon_chip_names",
    'node_systemd_unit_state{state="failed",name=~".+\\\\.service"} == 1',
    'node_load1{team="web"}',
    'probe_success{target=~"https?://.*"} == 0',
    'count_values without (job) ("version", prometheus_build_info)',
    'sum by (host) (label_replace(up, "host", "$1", "instance", "(.*)"))',
    'ALERTS{alertstate="firing",alertname=~"Host.*",whatever="x"}',
    'absent(up{job="node"})',
    "scrape_duration_seconds > 5",
    "vector(1)",
    'container_memory_working_set_bytes{name!=""} / container_spec_memory_limit_bytes{name!=""} > 0.8',
    'node_network_receive_errs_total{device!~"lo|veth.*"}',
  ];
  deepEqual(good.flatMap((expr) => judged(expr)), []);
});

Deno.test("misnomersOf does not judge what a job of the user's own may expose", () => {
  for (
    const expr of [
      "http_requests_total",
      'anything{job="api"}',
      'node_load1{dc="paris"}',
      'up{job="found",instance="x"}',
    ]
  ) {
    deepEqual(judged(expr, ALL), [], expr);
  }
});

Deno.test("misnomersOf only warns of a slip in what a job of the user's own may expose", () => {
  deepEqual(judged("node_laod1", ALL).map((said) => said.slice(0, 8)), ["warning "]);
  deepEqual(judged('node_disk_io_now{devcie="sda"}', ALL).map((said) => said.slice(0, 8)), ["warning "]);
  deepEqual(judged('node_laod1{job="node"}', ALL).map((said) => said.slice(0, 6)), ["error "]);
});

Deno.test("misnomersOf says when a service that would expose it is not scraped", () => {
  const without = { ...KNOWN, jobs: KNOWN.jobs.filter(({ name }) => name !== "cadvisor") };
  deepEqual(judged("container_last_seen", without), [
    'error at "container_last_seen": Nothing that is scraped exposes "container_last_seen": the job "cadvisor" would. ' +
    "Switch that service on under `services`, or select a metric of what is scraped",
  ]);
});

Deno.test("scrapedOf gives undefined for files that are no YAML", () => {
  deepEqual(scrapedOf(new Map([["prometheus/prometheus.yml", "a: ["]])), undefined);
});
