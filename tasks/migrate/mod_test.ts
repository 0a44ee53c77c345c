import assert from "node:assert/strict";
import { SCHEMA_VERSION } from "../schema_version.ts";
import { ConfigError, defineStack } from "../stack.ts";
import { migrate } from "./mod.ts";

function stackOf(body: string, head = 'import { defineStack } from "vigie";'): string {
  return `${head}\n\nexport default defineStack(${body});\n`;
}

Deno.test("migrate rewrites the secrets in files and keeps everything else, comments and spaces too", () => {
  const body = `{
  // who is told
  notify: {
    receivers: {
      oncall: [
        { kind: "slack",   urlFile: "secrets/slack", channel: "#ops" }, // the channel
        { kind: "email", to: "a@example.org", "passwordFile": \`secrets/mail\`, caFile: "ca.pem" },
      ],
    },
  },
  webhook: { heartbeat: { urlFile: "secrets/beat", every: "2m" } },
}`;
  const wanted = body.replace("{\n", `{\n  schema: ${SCHEMA_VERSION},\n`)
    .replace('urlFile: "secrets/slack"', 'url: secretFile("secrets/slack")')
    .replace(
      '"passwordFile": `secrets/mail`, caFile: "ca.pem"',
      'password: secretFile(`secrets/mail`), ca: secretFile("ca.pem")',
    )
    .replace('urlFile: "secrets/beat"', 'url: secretFile("secrets/beat")');
  const migrated = migrate(stackOf(body));
  assert.equal(migrated.text, stackOf(wanted, 'import { defineStack, secretFile } from "vigie";'));
  assert.equal(migrated.from, 1);
  assert.deepEqual(migrated.steps.map(({ changed }) => changed), [true]);
  assert.equal(migrate(migrated.text).text, migrated.text, "the second time there is nothing to do");
});

Deno.test("migrate only notes the schema where nothing else is to change", () => {
  for (
    const [body, wanted] of [
      ["{}", `{ schema: ${SCHEMA_VERSION} }`],
      ['{ name: "a" }', `{ schema: ${SCHEMA_VERSION}, name: "a" }`],
      ['{\n\tname: "a",\n}', `{\n\tschema: ${SCHEMA_VERSION},\n\tname: "a",\n}`],
      [
        '{\n  /* a\n     b */\n  name: "a",\n}',
        `{\n  schema: ${SCHEMA_VERSION},\n  /* a\n     b */\n  name: "a",\n}`,
      ],
      ['{ schema: 1, name: "a" }', `{ schema: ${SCHEMA_VERSION}, name: "a" }`],
    ] as const
  ) assert.equal(migrate(stackOf(body)).text, stackOf(wanted));
});

Deno.test("migrate keeps line ends as they are", () => {
  const { text } = migrate(
    'import { defineStack } from "vigie";\r\nexport default defineStack({\r\n  name: "a",\r\n});\r\n',
  );
  assert.equal(text.replaceAll("\r\n", "").includes("\n"), false);
  assert.match(text, /\r\n {2}schema: 2,\r\n {2}name/);
});

Deno.test("migrate calls secretFile by the name that it has, or that is free", () => {
  const body = '{ notify: { receivers: { a: [{ kind: "teams", urlFile: where }] } } }';
  const calls = (head: string) => /url: (\S+)\(where\)/.exec(migrate(stackOf(body, head)).text)?.[1];
  assert.equal(calls('import { defineStack, secretFile as file } from "vigie";'), "file");
  assert.equal(calls('import * as vigie from "vigie";\nconst { defineStack } = vigie;'), "vigie.secretFile");
  const taken = 'import { defineStack } from "vigie";\nconst secretFile = "x";';
  assert.equal(calls(taken), "secretFileOfVigie");
  assert.match(
    migrate(stackOf(body, taken)).text,
    /import \{ defineStack, secretFile as secretFileOfVigie \}/,
  );
  // A key of that name is no name of the module: a signed webhook has one.
  const key = migrate(stackOf('{ notify: { receivers: { a: [{ kind: "webhook", secretFile: "s" }] } } }'));
  assert.match(key.text, /secret: secretFile\("s"\)/);
});

Deno.test("migrate leaves alone what only looks like a destination's secret", () => {
  const body =
    '{ hosts, webhook: { tls: { certFile: "a", keyFile: "b" } }, signOn: { ldap: { caFile: "c" } } }';
  const { text, steps } = migrate(stackOf(body));
  assert.equal(text, stackOf(body.replace("{", `{ schema: ${SCHEMA_VERSION},`)));
  assert.deepEqual(steps.map(({ changed }) => changed), [false]);
});

Deno.test("migrate finds the object behind a name and a type, and says when it is made elsewhere", () => {
  const source =
    'import { defineStack, type StackInput } from "vigie";\nconst stack = { name: "a" } satisfies StackInput;\n' +
    "export default defineStack(stack);\n";
  assert.match(migrate(source).text, /const stack = \{ schema: 2, name: "a" \}/);
  assert.throws(() => migrate(stackOf("make()")), {
    name: "RangeError",
    message: /not written in this file/,
  });
  assert.throws(() => migrate("export default {"), SyntaxError);
});

Deno.test("migrate and defineStack refuse a schema that is newer than this Vigie, and say nothing else of it", () => {
  assert.throws(() => migrate(stackOf("{ schema: 99 }")), {
    message: `Cannot migrate a configuration of schema 99: this Vigie knows up to ${SCHEMA_VERSION}`,
  });
  const error = (() => {
    try {
      defineStack({ schema: 99, unheardOf: true } as never);
    } catch (error) {
      return error;
    }
  })();
  assert.ok(error instanceof ConfigError);
  assert.equal(
    error.message,
    `Cannot use a configuration of schema 99: this Vigie knows up to ${SCHEMA_VERSION}; use the Vigie that it was written for, or a newer one`,
  );
  assert.throws(() => defineStack({ schema: 0 }), ConfigError);
  assert.equal(defineStack({ schema: SCHEMA_VERSION }).schema, SCHEMA_VERSION);
});
