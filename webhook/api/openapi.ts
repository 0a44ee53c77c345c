/** The API's OpenAPI 3.1 document, made from the schemas that its requests and answers go by. */

import * as z from "zod";
import { problemSchema, type ProblemStatus, titleOf } from "./problem.ts";
import { problemsOf, type Route } from "./route.ts";
import { named } from "./schemas.ts";

type Json = Record<string, unknown>;

/** What the document says besides the routes. */
export interface DocumentOptions {
  readonly version: string;
  /** Whether clients must prove who they are. */
  readonly isGuarded: boolean;
}

/** The document of `routes`. Source: OpenAPI 3.1.1, whose schemas are JSON Schema 2020-12. */
export function openApiDocument(routes: readonly Route[], { version, isGuarded }: DocumentOptions): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method] = operation(route, isGuarded);
  return {
    openapi: "3.1.1",
    info: {
      title: "Vigie webhook",
      version,
      description:
        "What the webhook has accepted, how far it got, and what to do about it. Times are RFC 3339.",
    },
    servers: [{ url: "/" }],
    ...(isGuarded && { security: [{ bearer: [] }, { basic: [] }] }),
    paths,
    components: {
      schemas: { ...namedSchemas(), Problem: schemaOf(problemSchema, "output") },
      responses: Object.fromEntries(
        [...new Set(routes.flatMap(problemsOf))].sort().map((
          status,
        ) => [responseName(status), problem(status)]),
      ),
      ...(isGuarded && {
        securitySchemes: {
          bearer: { type: "http", scheme: "bearer" },
          basic: { type: "http", scheme: "basic" },
        },
      }),
    },
  };
}

function operation(route: Route, isGuarded: boolean): Json {
  const { operationId, tag, summary, description, params, query, body, answer } = route;
  const parameters = [...parametersOf(params, "path"), ...parametersOf(query, "query")];
  const problems = [...problemsOf(route), ...(isGuarded ? [401 as const] : [])].sort();
  return {
    operationId,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: { required: true, content: { "application/json": { schema: schemaOf(body, "input") } } },
    }),
    responses: {
      [answer.status]: {
        description: answer.description,
        ...(answer.headers && {
          headers: Object.fromEntries(
            Object.entries(answer.headers).map(([name, description]) => [
              name,
              { description, required: true, schema: { type: "string" } },
            ]),
          ),
        }),
        content: {
          [answer.type ?? "application/json"]: answer.schema ? { schema: refOf(answer.schema) } : {},
        },
      },
      ...Object.fromEntries(
        problems.map((status) => [
          status,
          status === 401 ? UNAUTHORIZED : { $ref: `#/components/responses/${responseName(status)}` },
        ]),
      ),
      431: TOO_LONG,
    },
  };
}

// The webhook's door refuses it before anything else is looked at.
const TOO_LONG: Json = {
  description: "Address and headers together are too long",
  content: { "text/plain": { schema: { type: "string" } } },
};

const UNAUTHORIZED: Json = {
  description: titleOf(401),
  headers: {
    "www-authenticate": { description: "How to prove it.", required: true, schema: { type: "string" } },
  },
  content: { "text/plain": { schema: { type: "string" } } },
};

function problem(status: ProblemStatus): Json {
  const content: Json = { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } };
  // Before a request gets here, the webhook's door may refuse it in a few words.
  if (status === 503) content["text/plain"] = { schema: { type: "string" } };
  return { description: titleOf(status), content };
}

function responseName(status: ProblemStatus): string {
  return titleOf(status).replace(/ (\w)/g, (_, letter: string) => letter.toUpperCase());
}

function parametersOf(schema: z.ZodObject | undefined, where: "path" | "query"): Json[] {
  return Object.entries(schema?.shape ?? {}).map(([name, field]) => {
    const { description, ...shape } = schemaOf(field as z.ZodType, "input");
    const required = where === "path";
    return {
      name,
      in: where,
      required,
      ...(description !== undefined && { description }),
      schema: shape,
      ...(shape.type === "array" && { style: "form", explode: true }),
    };
  });
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io }) as Json;
  return json;
}

function refOf(schema: z.ZodType): Json {
  const name = named.get(schema)?.id;
  return name === undefined ? schemaOf(schema, "output") : { $ref: refTo(name) };
}

function namedSchemas(): Record<string, Json> {
  const { schemas } = z.toJSONSchema(named, { io: "output", uri: refTo });
  return Object.fromEntries(
    Object.entries(schemas).map((
      [name, { $schema: _, $id: __, id: ___, ...schema }],
    ) => [name, schema as Json]),
  );
}

function refTo(name: string): string {
  return `#/components/schemas/${name}`;
}
