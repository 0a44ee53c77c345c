import assert from "node:assert/strict";
import { FAMILIES } from "../prometheus/rules/mod.ts";
import { isAlert } from "../prometheus/rules/rule.ts";
import { CONTEXT } from "../prometheus/testing/rule_cases.ts";
import { runbooks, runbooksOf } from "./runbooks.ts";

Deno.test("runbooks have a page for every alert of Vigie's own", () => {
  const alerts = FAMILIES.flatMap((family) => family.rules(CONTEXT)).filter(isAlert).map(({ alert }) =>
    alert
  );
  const names = new Set(runbooks().map(({ name }) => name));
  assert.deepEqual(alerts.filter((alert) => !names.has(alert)), []);
  for (const { name, html, group } of runbooks()) {
    assert.match(html, /^<p>/, name);
    assert.notEqual(group, "", name);
    assert.doesNotMatch(html, /<script|\son\w+=|javascript:/i, name);
  }
});

Deno.test("runbooksOf makes HTML of the sections below headings, and nothing of what comes before", () => {
  const page = `# Alerts

Words for everybody.

### Lonely

No heading above.

## Hosts

Words about hosts.

### HostDown

_Critical._ See \`ping\` & <b>this</b>.

\`\`\`sh
curl http://ADDRESS <&1
\`\`\`

- one
- [another](#hostcpuhigh), [a page](configuration.md#x), [the web](https://example.org/?a=1&b=2), [bad](javascript:alert(1))
- ![a picture](https://example.org/x.png) <img src=x onerror=alert(1)>

### HostCpuHigh

Busy.
`;
  assert.deepEqual(runbooksOf(page), [
    { name: "Lonely", group: "", html: "<p>No heading above.</p>" },
    {
      name: "HostDown",
      group: "Hosts",
      html: `<p><em>Critical.</em> See <code>ping</code> &amp; &#60;b&#62;this&#60;/b&#62;.</p>
<pre><code class="language-sh">curl http://ADDRESS &lt;&amp;1
</code></pre>
<ul>
<li>one</li>
<li><a href="HostCpuHigh" rel="noreferrer">another</a>, a page, <a href="https://example.org/?a=1&#38;b=2" rel="noreferrer">the web</a>, bad</li>
<li>a picture &#60;img src=x onerror=alert(1)&#62;</li>
</ul>`,
    },
    { name: "HostCpuHigh", group: "Hosts", html: "<p>Busy.</p>" },
  ]);
});
