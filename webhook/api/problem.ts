/** Errors of the API, as RFC 9457 has them: `application/problem+json`. */

import * as z from "zod";

/** The statuses that the API refuses with. */
export type ProblemStatus = 400 | 401 | 404 | 405 | 406 | 409 | 413 | 415 | 500 | 503;

const TITLES: Readonly<Record<ProblemStatus, string>> = {
  400: "Bad request",
  401: "Unauthorized",
  404: "Not found",
  405: "Method not allowed",
  406: "Not acceptable",
  409: "Conflict",
  413: "Content too large",
  415: "Unsupported media type",
  500: "Internal error",
  503: "Service unavailable",
};

/** What a problem looks like. */
export const problemSchema = z.strictObject({
  type: z.literal("about:blank"),
  title: z.string().describe("What kind of problem, in words."),
  status: z.int().describe("The status of the answer."),
  detail: z.string().describe("What is wrong, what was expected."),
}).describe("A problem, RFC 9457.");

/** A request that is not granted. The detail is for the client; it holds no secret. */
export class Problem extends Error {
  override readonly name = "Problem";
  constructor(
    readonly status: ProblemStatus,
    detail: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
  }
}

/** A status in words. */
export function titleOf(status: ProblemStatus): string {
  return TITLES[status];
}

/** The body of the answer to a request that is not granted. */
export function problemText({ status, message: detail }: Problem): string {
  const problem: z.input<typeof problemSchema> = {
    type: "about:blank",
    title: TITLES[status],
    status,
    detail,
  };
  return JSON.stringify(problem);
}
