/**
 * LiquidJS, as it is built for browsers: it has no file system to begin with. Under Deno its default build would come as a CommonJS module,
 * which takes ten times as long to load and brings Node's file system, streams and module loader with it.
 */

// @ts-types="liquidjs"
export {
  AssignTag,
  CaptureTag,
  ForTag,
  Liquid,
  LiquidError,
  TablerowTag,
  TypeGuards,
  Value,
} from "liquidjs/dist/liquid.browser.mjs";
export type { Context, PropertyAccessToken, Template, Token } from "liquidjs";
