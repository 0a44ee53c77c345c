import { testExpressions } from "../testing/rules.ts";
import { regexCheck } from "./regex.ts";

testExpressions(regexCheck, {
  good: [
    'up{job=~"node|api"} == 0',
    'up{job!~"node|api"} == 0',
    'up{instance=~"web-.*"} == 0',
    'up{instance=~".+"} == 0',
    'up{instance=~"web[12]"} == 0',
    'up{instance=~"(?i)web"} == 0',
    'x{mountpoint=~"/etc/(hostname|hosts|resolv.conf)"} == 0',
    'x{a=~"^a|b$"} == 0',
    'x{price=~".*\\\\$"} == 0',
    'x{a="b"} == 0',
  ],
  bad: [
    ['up{job=~"node"} == 0', 'warning job=~"node" → job=~"node" is no pattern: it fits one value'],
    ['up{job!~"a-b"} == 0', 'warning job!~"a-b" → job!~"a-b" is no pattern: it fits one value'],
    ['up{job=~".*"} == 0', 'warning job=~".*" → job=~".*" fits every series, also one without the label'],
    [
      'up{job=~"(.*)"} == 0',
      'warning job=~"(.*)" → job=~"(.*)" fits every series, also one without the label',
    ],
    ['up{job!~".*"} == 0', 'error job!~".*" → job!~".*" fits no series: nothing is selected'],
    ['up{job=~"^web.*$"} == 0', 'warning job=~"^web.*$" → job=~"^web.*$" is anchored at both ends anyway'],
    ['up{job=~"a|b|a"} == 0', 'warning job=~"a|b|a" → job=~"a|b|a" names "a" twice'],
    [
      'up{job=~"a|"} == 0',
      'warning job=~"a|" → job=~"a|" has an empty alternative: it fits series without the label too',
    ],
  ],
});
