import { alertOf, testExpressions } from "../testing/rules.ts";
import { absentNeverCheck } from "./absent_never.ts";

testExpressions(absentNeverCheck, {
  good: [
    'absent(up{job="node"})',
    'absent(up{job="node"}) or absent(up{job="api"})',
    'absent(up{job="node"} == 1)',
    'absent(up{job="node",team!~"a|b"})',
    'absent({__name__=~"node_.*",job="node"})',
    alertOf('absent_over_time(up{job="node"}[10m])', { for: undefined }),
    { record: "job:up:absent", expr: 'absent(up{job="node"})' },
    alertOf('up == 0 unless absent(up{job="node"})', { for: undefined }),
  ],
  bad: [
    [
      "absent(vector(1))",
      'error absent(vector(1)) → absent() never gives anything, because "vector()" is always there',
    ],
    [
      "absent(sum(up) or vector(0)) and on () up",
      'error absent(sum(up) or vector(0)) → absent() never gives anything, because "vector()" is always there',
    ],
    [
      'absent(up{job=~"node|api"})',
      'warning job=~"node|api" → absent() notices only that everything which fits job=~"node|api" is missing, not one of it, ' +
      "and cannot say what",
    ],
    [
      alertOf('absent(up{job="node"})', { for: undefined }),
      'warning absent(up{job="node"}) → absent() without `for` fires at every lost scrape and every restart of Prometheus',
    ],
    [
      alertOf('(absent(up{job="node"}) or absent(up{job="api"})) and on () up', { for: "0s" }),
      'warning absent(up{job="node"}) → absent() without `for` fires at every lost scrape and every restart of Prometheus',
      'warning absent(up{job="api"}) → absent() without `for` fires at every lost scrape and every restart of Prometheus',
    ],
  ],
});
