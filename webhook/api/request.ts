/** What the API is asked: paths, queries and bodies read and checked. */

import type { Context } from "hono";
import * as z from "zod";
import type { FetchBindings } from "../http/fetch_answer.ts";
import { Problem } from "./problem.ts";

/** The API's requests may come by the webhook's own server, which hands their bodies over beside them. */
export type ApiContext = Context<{ Bindings: Partial<FetchBindings> }>;

const BODY_BYTES = 256 * 1024;

/** The path's parameters. @throws {Problem} 400 */
export function readParams(c: ApiContext, schema: z.ZodObject | undefined): unknown {
  if (schema === undefined) return {};
  return check(schema, typed(schema, Object.entries(c.req.param() as Record<string, string>)), "path");
}

/** The query's parameters; one that the schema does not know is refused. @throws {Problem} 400 */
export function readQuery(c: ApiContext, schema: z.ZodObject | undefined): unknown {
  const known = schema ?? z.strictObject({});
  return check(known, typed(known, [...new URL(c.req.url).searchParams]), "query");
}

/**
 * The body: JSON, and said to be. What is not said to be JSON is refused before it is read, so that no form on another site can post here.
 *
 * @throws {Problem} 400, 413, 415
 */
export async function readBody(c: ApiContext, schema: z.ZodType): Promise<unknown> {
  const type = c.req.header("content-type") ?? "";
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new Problem(415, 'Send "content-type: application/json", also with an empty object', {
      accept: "application/json",
    });
  }
  const encoding = c.req.header("content-encoding");
  if (encoding !== undefined && encoding.toLowerCase() !== "identity") {
    throw new Problem(415, "Send the body as it is, without content-encoding", {
      "accept-encoding": "identity",
    });
  }
  return check(schema, parse(await collect(c)), "body");
}

async function collect(c: ApiContext): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of c.env?.body ?? c.req.raw.body ?? []) {
    length += piece.length;
    if (length > BODY_BYTES) throw new Problem(413, `The body is larger than ${BODY_BYTES} bytes`);
    pieces.push(piece);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch {
    throw new Problem(400, "The body is not JSON in UTF-8");
  }
}

/** Texts as the schema has them: numbers where it wants numbers, a list where it wants a list. */
function typed(
  schema: z.ZodObject,
  entries: readonly (readonly [string, string])[],
): Record<string, unknown> {
  const values: Record<string, unknown> = Object.create(null);
  for (const [key, text] of entries) {
    const kind = Object.hasOwn(schema.shape, key) ? innermost(schema.shape[key] as z.ZodType) : undefined;
    const value = kind instanceof z.ZodNumber && /^(0|-?[1-9]\d*)$/.test(text) ? Number(text) : text;
    if (kind instanceof z.ZodArray) (values[key] ??= [] as string[], values[key] as string[]).push(text);
    else if (key in values) throw new Problem(400, `The query has ${JSON.stringify(key)} more than once`);
    else values[key] = value;
  }
  return values;
}

function innermost(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
    return innermost(schema.unwrap() as z.ZodType);
  }
  return schema;
}

function check(schema: z.ZodType, value: unknown, where: string): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [first, ...more] = parsed.error.issues.map((issue) => {
    const at = issue.path.length > 0 ? ` at ${JSON.stringify(issue.path.join("."))}` : "";
    return `${at}: ${issue.message}`;
  });
  throw new Problem(
    400,
    `The ${where} is wrong${first}${more.length > 0 ? `; and ${more.length} more` : ""}`,
  );
}

/** Whether the client takes `type`. Source: RFC 9110, 12.5.1. */
export function accepts(header: string | undefined, type: string): boolean {
  if (header === undefined || header.trim() === "") return true;
  const [main] = type.split("/");
  // The most specific range decides.
  const ranges = header.split(",").map((range) => {
    const [name = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    const q = parameters.find((parameter) => /^q\s*=/.test(parameter));
    return { name, refused: q !== undefined && Number(q.replace(/^q\s*=\s*/, "")) === 0 };
  });
  for (const wanted of [type, `${main}/*`, "*/*"]) {
    const range = ranges.find(({ name }) => name === wanted);
    if (range) return !range.refused;
  }
  return false;
}
