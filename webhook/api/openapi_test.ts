import { deepEqual, equal, match, ok } from "node:assert/strict";
import { withApi } from "./testing.ts";

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: Record<string, unknown>;
  }[];
  readonly requestBody?: { readonly required: boolean };
  readonly responses: Record<string, unknown>;
  readonly security?: unknown;
}

async function document(guarded = false) {
  const found: { json?: Record<string, unknown> & { paths: Record<string, Record<string, Operation>> } } = {};
  await withApi(async ({ ask, state }) => {
    state.guarded = guarded;
    const { response, json } = await ask("GET", "/openapi.json");
    equal(response.status, 200);
    found.json = json;
  });
  return found.json!;
}

Deno.test("openApiDocument has every route, each under a name of its own", async () => {
  const { openapi, paths } = await document();
  match(openapi as string, /^3\.1\.\d$/);
  deepEqual(
    Object.entries(paths).flatMap(([path, of]) => Object.keys(of).map((method) => `${method} ${path}`)),
    [
      "get /api/v1/notifications",
      "get /api/v1/notifications/{id}",
      "get /api/v1/notifications/{id}/body",
      "get /api/v1/channels",
      "post /api/v1/channels/{name}/test",
      "get /api/v1/dead-letters",
      "get /api/v1/dead-letters/{id}",
      "post /api/v1/dead-letters/{id}/replay",
      "post /api/v1/dead-letters/replay",
      "get /api/v1/quarantine",
      "get /api/v1/quarantine/{id}",
      "get /api/v1/quarantine/{id}/body",
    ],
  );
  const operations = Object.values(paths).flatMap((of) => Object.values(of));
  equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length);
  for (const { responses, requestBody, operationId } of operations) {
    ok(Object.keys(responses).some((status) => status.startsWith("2")), operationId);
    for (const status of ["400", "406", "500", "503"]) ok(responses[status], `${operationId} ${status}`);
    equal(requestBody !== undefined, "415" in responses, operationId);
  }
});

Deno.test("openApiDocument refers only to what it has, and has only what it refers to", async () => {
  const json = await document();
  const text = JSON.stringify(json);
  const references = new Set([...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map((found) => found[1]!));
  ok(references.size > 15);
  for (const reference of references) {
    let at: unknown = json;
    for (const part of reference.split("/")) at = (at as Record<string, unknown>)[part];
    ok(at, reference);
  }
  const components = json.components as Record<string, Record<string, unknown>>;
  for (const [kind, of] of Object.entries(components)) {
    for (const name of Object.keys(of)) ok(references.has(`components/${kind}/${name}`), `${kind}/${name}`);
  }
});

Deno.test("openApiDocument says what parameters are", async () => {
  const { paths } = await document();
  const query = Object.fromEntries(
    paths["/api/v1/notifications"]!.get!.parameters!.map(({ name, schema }) => [name, schema]),
  );
  deepEqual(query.limit, { type: "integer", minimum: 1, maximum: 200, default: 50 });
  equal(query.matcher!.type, "array");
  deepEqual(query.status!.enum, ["firing", "resolved"]);
  equal(query.since!.format, "date-time");
  deepEqual(
    paths["/api/v1/notifications/{id}"]!.get!.parameters!.map((
      { in: where, schema },
    ) => [where, schema.type]),
    [
      ["path", "integer"],
    ],
  );
});

Deno.test("openApiDocument says how to prove who one is, when that is asked", async () => {
  const open = await document();
  equal(open.security, undefined);
  ok(!JSON.stringify(open).includes('"401"'));
  const guarded = await document(true);
  deepEqual(guarded.security, [{ bearer: [] }, { basic: [] }]);
  ok(
    Object.values(guarded.paths).every((of) =>
      Object.values(of).every(({ responses }) => "401" in responses)
    ),
  );
});

Deno.test("openApiDocument lets nothing unnamed into an answer of the webhook's own", async () => {
  const { components } = await document();
  const { schemas } = components as { schemas: Record<string, { additionalProperties?: unknown }> };
  // What a sender said may have more.
  const open = Object.keys(schemas).filter((name) => schemas[name]!.additionalProperties !== false);
  deepEqual(open, ["Notification"]);
});
