import assert from "node:assert/strict";
import { templateFindings } from "./annotation_faults.ts";

const GOOD = [
  "{{ $labels.instance }} : {{ $value | humanize }}",
  '{{ printf "%.1f" $value | reReplaceAll "\\\\." "," }} %',
  '{{ .Labels.instance }} {{ .Value | printf "%.0f" }} {{ $externalURL }}',
  '{{ with query "up" }}{{ . | first | value | humanize }}{{ end }}',
  '{{ range query "up" }}{{ .Labels.instance }} {{ .Value }}{{ end }}',
  "{{ range $i, $s := query `up` }}{{ $i }} {{ $s.Value }} {{ label `job` $s }}{{ end }}",
  "{{ $x := $value }}{{ if gt $x 90.0 }}{{ $x }}{{ else }}{{ $labels.job }}{{ end }}",
  '{{ index $labels "name" | urlquery }}',
  "{{ humanizeDuration $labels.le }} {{ humanize `12` }}",
  '{{ printf "%s %d%%" $labels.job 3 }}',
  '{{ define "t" }}{{ .any.thing }}{{ end }}{{ template "t" . }}x',
  "{{ (first (query `up`)).Value }}",
  '{{ (toTime $value).Format "2006-01-02" }}',
];

for (const text of GOOD) {
  Deno.test(`templateFindings finds nothing wrong in ${text}`, () => {
    assert.deepEqual(templateFindings(text).faults, []);
  });
}

const BAD: readonly [text: string, part: string, message: string, cure?: RegExp][] = [
  ["{{ $label.instance }} x", "$label", 'There is no variable "$label"', /mean "\$labels"/],
  [
    "{{ .Labls.instance }}",
    ".Labls",
    `There is no field ".Labls": this is the template's data`,
    /mean "\.Labels"/,
  ],
  ["{{ $value.x }}", ".x", 'There is no field ".x": this is a number'],
  ["{{ $labels.job.x }}", ".x", `There is no field ".x": this is a label's text`],
  ["{{ $value | humanise }}", "humanise", 'There is no function "humanise"', /mean "humanize"/],
  ["{{ $value | nobody }}", "nobody", 'There is no function "nobody"'],
  ["{{ humanize }}", "humanize", '"humanize" takes 1 argument, and is given 0'],
  ['{{ $value | reReplaceAll "x" }}', "reReplaceAll", '"reReplaceAll" takes 3 arguments, and is given 2'],
  [
    "{{ humanize $labels.instance }}",
    "$labels.instance",
    `"humanize" takes a number, and is given a label's text`,
  ],
  [
    "{{ $labels.instance | humanizeDuration }}",
    "$labels.instance",
    `"humanizeDuration" takes a number, and is given a label's text`,
  ],
  ['{{ humanize "x" }}', '"x"', '"humanize" takes a number, and is given text'],
  [
    '{{ printf "%.1f" $labels.job }}',
    "$labels.job",
    `"%.1f" cannot print a label's text: the text would have "%!f(…)" in it`,
  ],
  ['{{ printf "%d" $value }}', "$value", '"%d" cannot print a number: the text would have "%!d(…)" in it'],
  ['{{ $value | printf "%s" }}', "$value", '"%s" cannot print a number: the text would have "%!s(…)" in it'],
  ['{{ printf "%.1f" }}', '"%.1f"', "The format wants 1 value, and is given 0"],
  ["{{ $value", "{{", "This action is not closed: there is no }}"],
  ["  ", "  ", "The text is empty: whoever is told would read nothing"],
  ["{{ $value 3 }}", "$value", "Only a function can be given arguments"],
];

for (const [text, part, message, cure] of BAD) {
  Deno.test(`templateFindings finds ${message} in ${text}`, () => {
    const [fault, ...others] = templateFindings(text).faults;
    assert.deepEqual(others, []);
    assert.equal(fault!.message, message);
    assert.equal(text.slice(fault!.from, fault!.to), part);
    if (cure) assert.match(fault!.cure, cure);
  });
}

Deno.test("templateFindings names the labels that a template takes from the alert, not those of what it asks for", () => {
  const text =
    '{{ $labels.a }}{{ .Labels.b }}{{ index $labels "c" }}{{ range query "up" }}{{ .Labels.d }}{{ end }}{{ with $labels }}{{ .e }}{{ end }}';
  assert.deepEqual(templateFindings(text).labels.map(({ name }) => name), ["a", "b", "c", "e"]);
});
