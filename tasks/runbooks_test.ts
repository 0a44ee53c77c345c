import assert from "node:assert/strict";
import { join } from "node:path";
import { FAMILIES } from "../prometheus/rules/mod.ts";
import { isAlert } from "../prometheus/rules/rule.ts";
import { CONTEXT } from "../prometheus/testing/rule_cases.ts";
import minimal from "../tests/configs/good/minimal.ts";
import { createRunbooks, readRunbooks } from "../webhook/runbooks/mod.ts";
import { renderFor } from "./render.ts";
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

Deno.test("runbooks are where the annotations of rendered alerts lead", async () => {
  const files = renderFor(minimal, { engine: "local", buildDir: "/b", stateDir: "/s", configDir: "/c" });
  const rules = [...files].filter(([path]) => path.startsWith("prometheus/rules/")).map(([, text]) => text);
  const links = rules.join("\n").match(/(?<=runbook_url: )\S+/g)!;
  assert.ok(links.length > 50, `${links.length}`);
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(directory, "runbooks.json"), files.get("webhook/runbooks.json")!);
    const served = await readRunbooks(join(directory, "webhook.json"));
    const pages = createRunbooks({ runbooks: () => served, locale: () => "fr" });
    for (const link of new Set(links)) {
      const { origin, pathname } = new URL(link);
      assert.equal(origin, "http://127.0.0.1:9094");
      assert.equal((await pages.request(pathname)).status, 200, link);
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
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
