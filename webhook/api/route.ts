/** What a route of the API is: how it is asked, what it answers. The handler and the document are made of the same. */

import type * as z from "zod";
import type { ProblemStatus } from "./problem.ts";

/** A successful answer. */
export type Reply =
  | { readonly json: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly bytes: Uint8Array; readonly headers?: Readonly<Record<string, string>> };

/** How a route answers when all goes well. */
export interface Answer {
  readonly status: 200 | 202;
  readonly description: string;
  /** Of the JSON it answers with; undefined when it answers with bytes. */
  readonly schema?: z.ZodType;
  /** `application/json` by default. */
  readonly type?: string;
  /** Headers that it has besides those of every answer, and what they say. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A route. */
export interface Route {
  readonly method: "get" | "post";
  /** As OpenAPI writes it: `/api/v1/notifications/{id}`. */
  readonly path: string;
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answer: Answer;
  /** Problems of its own; those that every route has are not named here. */
  readonly problems: readonly ProblemStatus[];
  readonly handle: (input: RouteInput) => Reply | Promise<Reply>;
}

/** What a route is asked, checked. */
export interface RouteInput {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** A route whose handler knows the types of what it is asked. */
export interface TypedRoute<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType>
  extends Omit<Route, "params" | "query" | "body" | "handle"> {
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly handle: (
    input: { readonly params: z.output<P>; readonly query: z.output<Q>; readonly body: z.output<B> },
  ) => Reply | Promise<Reply>;
}

/** Forgets the types that only the route itself needs. */
export function route<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType>(
  route: TypedRoute<P, Q, B>,
): Route {
  return route as unknown as Route;
}

/** Problems that requests to `route` may meet. */
export function problemsOf({ method, params, problems }: Route): ProblemStatus[] {
  const all = new Set<ProblemStatus>([...problems, 400, 406, 500, 503]);
  if (params) all.add(404);
  if (method === "post") { for (const status of [413, 415] as const) all.add(status); }
  return [...all].sort();
}
