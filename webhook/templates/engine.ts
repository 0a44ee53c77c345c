/** Liquid in a sandbox: no files, no other templates, little time and memory. */

import type { Message } from "../message.ts";
import { formatLasting, formatTime } from "../messages/when.ts";
import { CaptureTag, type Context, Liquid, LiquidError, type Template, type Token } from "./liquid.ts";

// What a render may take: the process has others to serve meanwhile.
const RENDER_MS = 250;
// Liquid counts list entries and characters that filters and ranges make.
const MEMORY_LIMIT = 1_000_000;
/** Tags that name files, which there are none of. */
export const FILE_TAGS: readonly string[] = ["include", "render", "layout", "block"];

const LIMITS: Readonly<Record<string, string>> = {
  "template render limit exceeded": `It takes longer than ${RENDER_MS} ms`,
  "memory alloc limit exceeded": `It makes more than ${MEMORY_LIMIT} values and characters on its way`,
};

/** What filters know of the message that is made, under a key that no template can name. */
const MESSAGE = Symbol("message");

/** What the engine is told once. */
export interface EngineOptions {
  /** Time zone of times, as the IANA names it; the machine's by default. */
  readonly timezone?: string;
}

/**
 * An engine whose templates can name what they are given and nothing else. Besides Liquid's own filters it has
 * `time`, which says an RFC 3339 time as messages do, and `duration`, which says how long ago it was, or how long it lasted until
 * the time that it is given: `{{ alert.startsAt | duration: alert.endsAt }}`.
 */
export function createEngine({ timezone }: EngineOptions = {}): Liquid {
  const engine = new Liquid({
    // Never the file system, whatever asks.
    templates: {},
    dynamicPartials: false,
    relativeReference: false,
    strictFilters: true,
    // An alert need not have the label that a template names.
    strictVariables: false,
    ownPropertyOnly: true,
    renderLimit: RENDER_MS,
    memoryLimit: MEMORY_LIMIT,
    timezoneOffset: timezone,
  });
  for (const tag of FILE_TAGS) delete engine.tags[tag];
  engine.registerTag("capture", BoundedCapture);
  engine.registerFilter("time", function (value: unknown) {
    const ms = msOf(value);
    return ms === undefined ? "" : formatTime(ms, { ...messageOf(this.context), timezone });
  });
  engine.registerFilter("duration", function (value: unknown, until: unknown) {
    const { sentMs, locale } = messageOf(this.context);
    const ms = msOf(value);
    return ms === undefined ? "" : formatLasting(Math.max((msOf(until) ?? sentMs) - ms, 0), locale);
  });
  return engine;
}

/**
 * What `templates` give.
 *
 * @param message What filters know of the message that is made.
 * @throws {RangeError} when they take too long or make too much, or whatever else goes wrong in them, with its place.
 */
export function renderTemplates(
  engine: Liquid,
  templates: Template[],
  scope: object,
  message: Message,
): string {
  try {
    return engine.renderSync(templates, { ...scope, [MESSAGE]: message });
  } catch (error) {
    if (!(error instanceof LiquidError)) throw error;
    const { token, originalError } = error as LiquidError & { token: Token; originalError?: Error };
    const said = originalError?.message ?? error.message;
    const [line, column] = token.getPosition();
    throw new RangeError(`line ${line}, column ${column}: ${LIMITS[said] ?? said}`, { cause: error });
  }
}

function messageOf(context: Context): Message {
  return (context.environments as { [MESSAGE]: Message })[MESSAGE];
}

function msOf(value: unknown): number | undefined {
  const ms = typeof value === "string" ? Date.parse(value) : NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

/** Liquid does not count what is captured: a text that is captured twice into itself, and again, fills the memory. */
class BoundedCapture extends CaptureTag {
  override *render(context: Context): Generator<unknown, void, string> {
    yield* super.render(context);
    const text = (context.bottom() as Record<string, unknown>)[this.variable];
    context.memoryLimit.use(String(text).length);
  }
}
