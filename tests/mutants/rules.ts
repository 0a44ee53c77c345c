/** Defects in rules. */

import { fromYaml } from "../../lib/yaml.ts";
import { type Anything, editIn, type Mutant, pathsBelow, pick, replaceIn } from "./mutant.ts";

type Files = Map<string, string>;

/** A rule of a file, with a way to change it. */
interface Place {
  readonly path: string;
  readonly group: number;
  readonly index: number;
  readonly rule: Anything;
}

const RULES = "prometheus/rules";
const CUSTOM = `${RULES}/custom.yml`;

/** Changes one rule of those that fit. */
const on = (
  draw: number,
  what: string,
  fits: (rule: Anything) => boolean,
  spoil: (rule: Anything) => void,
) =>
(files: Files) => {
  const places = pathsBelow(files, RULES).flatMap((path) => placesIn(files, path)).filter(({ rule }) =>
    fits(rule)
  );
  const { path, group, index } = pick(places, () => draw, what);
  editIn(files, path, (root) => spoil(root.groups[group].rules[index]));
};

/** Mutants of rules; which rule is hit follows from the numbers. */
export function ruleMutants(random: () => number): readonly Mutant[] {
  // Drawn now, so that each mutant is the same whichever others are tried.
  const draws = (count: number) => Array.from({ length: count }, () => random());
  const replaced = (
    draw: number,
    pattern: RegExp,
    by: string | ((match: string) => string),
    isAlert = true,
  ) =>
    on(
      draw,
      String(pattern),
      ({ alert, expr }) => pattern.test(expr) && (!isAlert || alert !== undefined),
      (rule) => rule.expr = rule.expr.replace(pattern, by),
    );
  const own = (expr: string, more: Anything = {}) => (files: Files) =>
    editIn(files, CUSTOM, (root) => {
      const { labels, annotations, ...rest } = more;
      root.groups[0].rules.push({
        alert: "Mutant",
        expr,
        for: "5m",
        labels: { severity: "warning", ...labels },
        annotations: { summary: "It happens", description: "It goes on", ...annotations },
        ...rest,
      });
    });

  return [
    ...draws(4).map((draw, i): Mutant => ({
      name: `wrong metric ${i + 1}: a letter too many`,
      expect: "promql/unknown-metric",
      files: replaced(draw, /\bnode_[a-z_]+[a-z](?=[{[])/, (name) => `${name}s`),
    })),
    ...draws(2).map((draw, i): Mutant => ({
      name: `wrong metric ${i + 1}: without its unit`,
      expect: "promql/unknown-metric",
      files: replaced(
        draw,
        /\b(?:node|prometheus|alertmanager)_\w+_(?:bytes|seconds)\b/,
        (name) => name.replace(/_\w[^_]*$/, ""),
      ),
    })),
    ...draws(2).map((draw, i): Mutant => ({
      name: `wrong recorded series ${i + 1}`,
      expect: "promql/unknown-metric",
      files: replaced(draw, /\b\w+:\w+:\w+/, (name) => `${name}s`),
    })),
    ...draws(3).map((draw, i): Mutant => ({
      name: `wrong label in a selector ${i + 1}`,
      expect: "promql/unknown-label",
      files: replaced(draw, /\b(?:mode|fstype|device|state|mountpoint)(?=!?[=~])/, (name) => `${name}x`),
    })),
    ...draws(2).map((draw, i): Mutant => ({
      name: `wrong label in a grouping ${i + 1}`,
      expect: "promql/unknown-label",
      files: replaced(draw, /\b(?:without|by) \((?=[a-z])/, (head) => `${head}instnace, `, false),
    })),
    ...draws(4).map((draw, i): Mutant => ({
      name: `window shorter than four scrapes ${i + 1}`,
      expect: "promql/rate-window",
      files: replaced(
        draw,
        /\b(?:rate|increase)\((\w+)(\{[^}]*\})?\[\d+m\]/,
        (call) => call.replace(/\[\d+m\]/, "[30s]"),
        false,
      ),
    })),
    ...draws(3).map((draw, i): Mutant => ({
      name: `lost label ${i + 1}: the text names the host`,
      expect: "annotations/labels",
      files: on(
        draw,
        "a comparison and $labels.instance",
        ({ alert, expr, annotations }) =>
          alert && /^[^()]+ [<>]=? [\d.e+-]+$/.test(expr) &&
          /\$labels\.instance/.test(annotations?.summary ?? ""),
        (rule) => rule.expr = rule.expr.replace(/^(.*) ([<>]=? [\d.e+-]+)$/, "sum by (job) ($1) $2"),
      ),
    })),
    {
      name: "rate of a gauge",
      expect: "promql/rate-on-gauge",
      files: own('rate(node_load1{job="node"}[5m]) > 1'),
    },
    {
      name: "increase of a gauge",
      expect: "promql/rate-on-gauge",
      files: own('increase(node_memory_MemAvailable_bytes{job="node"}[10m]) > 1'),
    },
    {
      name: "a counter's growth as if it were a gauge",
      expect: "promql/rate-on-gauge",
      files: own('deriv(node_network_receive_bytes_total{job="node"}[10m]) > 1'),
    },
    {
      name: "a rate of a sum",
      expect: "promql/rate-of-sum",
      files: own('rate(sum by (instance) (node_network_receive_bytes_total{job="node"})[10m:1m]) > 1e9'),
    },
    {
      name: "a quantile of what is no bucket",
      expect: "promql/histogram-quantile",
      files: own(
        "histogram_quantile(0.9, sum by (job) (rate(prometheus_http_request_duration_seconds_bucket[5m]))) > 9",
      ),
    },
    {
      name: "an alert that joins what has no labels in common",
      expect: "promql/disjoint-labels",
      files: own('sum by (job) (up{job="node"}) > 3 and sum by (instance) (up{job="node"}) > 3'),
    },
    {
      name: "a regular expression that chooses everything",
      expect: "promql/regex",
      files: own('node_load1{instance=~".*",job="node"} > 90'),
    },
    {
      name: "a rule that gives text",
      expect: "promql/result-type",
      files: own('node_load1{job="node"}[5m]'),
    },
    {
      name: "a recorded series by a bad name",
      expect: "rules/recording-name",
      files: (files) => replaceIn(files, CUSTOM, /job:node_load1:max$/m, "load_of_hosts"),
    },
    {
      name: "a label that the routing needs is lost",
      expect: "promql/lost-label",
      files: (files) =>
        editIn(files, CUSTOM, (root) => root.groups[0].rules[1].expr = "max(job:node_load1:max) > 12"),
    },
    {
      name: "never true: up is 0 or 1",
      expect: "promql/constant-comparison",
      files: own('up{job="node"} == 2'),
    },
    {
      name: "always true: a share is never below 0",
      expect: "promql/constant-comparison",
      files: own('probe_success{job="probe"} >= 0'),
    },
    {
      name: "never true: two lines that exclude one another",
      expect: "promql/constant-comparison",
      files: own('node_load1{job="node"} > 5 and node_load1{job="node"} < 3'),
    },
    { name: "always true: numbers alone", expect: "promql/constant-comparison", files: own("vector(1) > 0") },
    {
      name: "bool instead of a filter",
      expect: "promql/bool-comparison",
      files: own('node_load1{job="node"} > bool 3'),
    },
    { name: "absent that can never fire", expect: "promql/absent-never", files: own("absent(vector(1))") },
    {
      name: "absent of what is compared",
      expect: "promql/absent-never",
      files: own('absent(count(up{job="node"}) or vector(0))'),
    },
    {
      name: "a value in a label",
      expect: "promql/value-in-label",
      files: own('node_load1{job="node"} > 30', { labels: { load: "{{ $value }}" } }),
    },
    {
      name: "a rounded value in a label",
      expect: "promql/value-in-label",
      files: own('node_load1{job="node"} > 30', { labels: { load: '{{ printf "%.0f" $value }}' } }),
    },
    {
      name: "a range longer than the retention",
      expect: "promql/range-beyond-retention",
      files: own('avg_over_time(node_load1{job="node"}[30d]) > 3'),
    },
    {
      name: "an offset beyond the retention",
      expect: "promql/range-beyond-retention",
      files: own('node_load1{job="node"} > 2 * node_load1{job="node"} offset 4w'),
    },
    {
      name: "many to many",
      expect: "promql/many-to-many",
      files: own(
        'node_filesystem_avail_bytes{job="node"} / on (instance) node_filesystem_size_bytes{job="node"} < 0.1',
      ),
    },
    {
      name: "many to one without group_left",
      expect: "promql/many-to-many",
      files: own('node_cpu_seconds_total{job="node"} / on (instance) node_load1{job="node"} > 9'),
    },
    {
      name: "an operator between series that share no labels",
      expect: "promql/many-to-many",
      files: own('node_filesystem_avail_bytes{job="node"} / node_load1{job="node"} < 1'),
    },
    {
      name: "topk that changes its labels",
      expect: "promql/fragile-topk",
      files: own('topk(3, node_load1{job="node"}) > 5'),
    },
    {
      name: "an alert at once on what flaps",
      expect: "promql/flapping",
      files: own('probe_success{job="probe"} == 0', { for: undefined }),
    },
    {
      name: "an alert at once on up",
      expect: "promql/flapping",
      files: own('up{job="node"} == 0', { for: undefined }),
    },
    {
      name: "waits longer than anything is kept",
      expect: "promql/for-too-long",
      files: own('node_load1{job="node"} > 30', { for: "60d" }),
    },
    {
      name: "looks into the future",
      expect: "promql/negative-offset",
      files: own('node_load1{job="node"} offset -5m > 30'),
    },
    ...draws(2).map((draw, i): Mutant => ({
      name: `a parenthesis too few ${i + 1}`,
      expect: "promql/syntax",
      files: replaced(draw, /\)(?=[^)]*$)/, "", false),
    })),
    {
      name: "a function that does not exist",
      expect: "promql/syntax",
      files: own('rates(node_cpu_seconds_total{job="node"}[5m]) > 1'),
    },
    {
      name: "a rate without a range",
      expect: "promql/syntax",
      files: own('rate(node_cpu_seconds_total{job="node"}) > 1'),
    },
    { name: "a bad regular expression", expect: "promql/syntax", files: own('up{job=~"node("} == 0') },
    ...draws(2).map((draw, i): Mutant => ({
      name: `a rule that is there twice ${i + 1}`,
      expect: "promql/duplicate",
      files: (files) => {
        const places = pathsBelow(files, RULES).flatMap((path) => placesIn(files, path)).filter(({ rule }) =>
          rule.alert
        );
        const { path, group, rule } = pick(places, () => draw, "an alert");
        editIn(files, path, (root) => root.groups[group].rules.push(structuredClone(rule)));
      },
    })),
    {
      name: "a rule that is nearly there twice",
      expect: "promql/near-duplicate",
      files: own('job:node_load1:max{instance="web-1"} > 12.5', {
        labels: { team: "web" },
        alert: "LoadOnWebToo",
        for: "10m",
      }),
    },
    {
      name: "a rule without expression",
      expect: "prometheus/rules",
      files: (files) => editIn(files, CUSTOM, (root) => delete root.groups[0].rules[1].expr),
    },
    {
      name: "an unknown key of a rule",
      expect: "prometheus/rules",
      files: (files) => replaceIn(files, CUSTOM, "for: 10m", "fro: 10m"),
    },
    {
      name: "a bad duration",
      expect: "prometheus/rules",
      files: (files) => replaceIn(files, CUSTOM, "for: 10m", "for: 10"),
    },
    {
      name: "a file without rules",
      expect: "prometheus/rules",
      files: (files) => void files.set(`${RULES}/empty.yml`, "groups: []\n"),
    },
    {
      name: "rule files that match nothing",
      expect: "prometheus/rule-files",
      files: (files) => replaceIn(files, "prometheus/prometheus.yml", "rules/*.yml", "rules/*.yaml"),
    },
    {
      name: "an unknown key of Prometheus",
      expect: "prometheus/config",
      files: (files) => replaceIn(files, "prometheus/prometheus.yml", "scrape_timeout", "scrape_timout"),
    },
    {
      name: "scrapes so seldom that values go stale",
      expect: "prometheus/config",
      files: (files) =>
        replaceIn(files, "prometheus/prometheus.yml", "scrape_interval: 15s", "scrape_interval: 10m"),
    },
    {
      name: "a job that is there twice",
      expect: "prometheus/config",
      files: (files) =>
        replaceIn(files, "prometheus/prometheus.yml", "job_name: alertmanager", "job_name: prometheus"),
    },
  ];
}

/** Mutants of the texts of alerts. */
export function textMutants(random: () => number): readonly Mutant[] {
  const template = "annotations/template";
  const rows: readonly [name: string, expect: Mutant["expect"], pattern: RegExp, by: string][] = [
    ["a variable that does not exist", template, /\$labels\./, "$label."],
    ["a field that does not exist", template, /\$labels\./, ".Labls."],
    ["an action that is not closed", template, / \}\}/, " }"],
    ["a function that does not exist", template, /\| urlquery/, "| urlencode"],
    ["a label printed as a number", template, /\{\{ \$labels\.(\w+) \}\}/, '{{ printf "%.1f" $labels.$1 }}'],
    ["a value printed as a whole number", template, /"%\.[01]f" \$value/, '"%d" $value'],
    ["a label made human", template, /\{\{ \$labels\.instance \}\}/, "{{ $labels.instance | humanize }}"],
    ["a text that is empty", template, /^[^]+$/, " "],
    ["a label that does not exist", "annotations/labels", /\$labels\.instance/, "$labels.host"],
    ["a label that the rule adds", "annotations/labels", /\$labels\.instance/, "$labels.severity"],
    ["a text that comes to nothing", "annotations/text", /^[^]+$/, "{{ if eq $value 1e99 }}x{{ end }}"],
    ["a text that fails", "annotations/text", /^[^]+$/, '{{ query "absent_metric" | first | value }}'],
  ];
  return rows.map(([name, expect, pattern, by]): Mutant => {
    const draw = random();
    const find = ({ annotations = {} }: Anything) =>
      Object.keys(annotations).find((key) =>
        pattern.test(annotations[key]) && (!/url/.test(key) || /urlquery/.test(pattern.source))
      );
    return {
      name,
      expect,
      files: on(draw!, String(pattern), (rule) => find(rule) !== undefined, (rule) => {
        const key = find(rule)!;
        rule.annotations[key] = rule.annotations[key].replace(pattern, by);
      }),
    };
  });
}

function placesIn(files: Files, path: string): Place[] {
  const { groups } = fromYaml(files.get(path)!) as { groups: { rules: Anything[] }[] };
  return groups.flatMap(({ rules }, group) => rules.map((rule, index) => ({ path, group, index, rule })));
}
