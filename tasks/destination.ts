/** What config.ts says of one destination: its own settings, its name, and who tells it. */

import * as z from "zod";
import { name } from "../lib/schema.ts";
import { isSecretRef, type SecretRef } from "../lib/secret_ref.ts";
import { type NativeDestination, type NativeKind, nativeSchemas } from "../prometheus/alertmanager/schema.ts";
// Brings what checks templates.
import "../webhook/mod.ts";
import { destinationSchemas } from "../webhook/channels/mod.ts";

const nameShape = {
  /** Its name in logs and metrics and for `fallback`; by default its receiver's name with its kind. */
  name: name.optional().describe(
    "Its name in logs and metrics and for `fallback`; by default its receiver's name with its kind.",
  ),
};

const viaShape = {
  /** Who tells it: the `webhook`, or `alertmanager` itself, so that it is told even when the webhook is dead. */
  via: z.enum(["webhook", "alertmanager"]).default("webhook").describe(
    "Who tells it: the `webhook`, or `alertmanager` itself, so that it is told even when the webhook is dead.",
  ),
};

type ViaOf<Shape> = Shape extends { kind: z.ZodLiteral<NativeKind> } ? typeof viaShape : unknown;
type Extended<Schema> = Schema extends z.ZodObject<infer Shape, infer Config>
  ? z.ZodObject<Shape & typeof nameShape & ViaOf<Shape>, Config>
  : never;
type ExtendedAll<Schemas extends readonly unknown[]> = {
  readonly [Index in keyof Schemas]: Extended<Schemas[Index]>;
};
type Schemas = ExtendedAll<typeof destinationSchemas>;

/** The schema of each kind of destination. */
export const destinations = destinationSchemas.map((schema: z.ZodObject) => {
  const kind = (schema.shape.kind as z.ZodLiteral<string>).value;
  return isNative(kind)
    ? schema.safeExtend({ ...nameShape, ...viaShape }).superRefine((settings, context) => {
      for (const [key, message] of cannotNatively(kind, settings, schema.shape)) {
        context.addIssue({ code: "custom", path: [key], input: settings[key], message });
      }
    })
    : schema.safeExtend(nameShape);
}) as unknown as Schemas;

/** A destination of a valid configuration. */
export type Destination = z.output<Schemas[number]>;

function isNative(kind: string): kind is NativeKind {
  return Object.hasOwn(nativeSchemas, kind);
}

/** Keys that Alertmanager has nothing for, each with what is to be done. */
function cannotNatively(
  kind: NativeKind,
  { via, ...settings }: Readonly<Record<string, unknown>>,
  shape: z.ZodRawShape,
): [key: string, message: string][] {
  if (via !== "alertmanager") return [];
  const able = nativeSchemas[kind].shape;
  // Alertmanager has each secret in a file, wherever it comes from.
  const asTold = (key: string) => isSecretRef(settings[key]) ? `${key}File` : key;
  const given = new Set(Object.keys(settings).filter((key) => settings[key] !== undefined).map(asTold));
  const missing = Object.keys(able)
    .filter((key) => !able[key as keyof typeof able].safeParse(undefined).success && !given.has(key))
    .map((key) => key.replace(/File$/, ""));
  return [
    ...Object.keys(settings).filter((key) => key !== "name" && !(asTold(key) in able))
      // What has its default was not asked for.
      .filter((key) => settings[key] !== undefined && !isDefault(shape[key], settings[key]))
      .map((key): [string, string] => [
        key,
        `only the webhook can do that: leave ${key} out, or leave out via: "alertmanager"`,
      ]),
    ...missing.map((key): [string, string] => [key, `Alertmanager cannot do without ${key}`]),
  ];
}

function isDefault(schema: z.core.$ZodType | undefined, value: unknown): boolean {
  return schema instanceof z.ZodDefault && Object.is(schema.def.defaultValue, value);
}

/** Whether Alertmanager tells it by itself, not the webhook. */
export function isToldNatively(
  destination: Destination,
): destination is Extract<Destination, { via: unknown }> {
  return "via" in destination && destination.via === "alertmanager";
}

/** What Alertmanager is told of a destination that it tells itself; undefined when the webhook does. */
export function nativeOf(destination: Destination, fileOf: FileOf): NativeDestination | undefined {
  if (!isToldNatively(destination)) return undefined;
  const { shape } = nativeSchemas[destination.kind];
  const settings = Object.entries(withSecretFiles(destination, fileOf)).filter(([key]) => key in shape);
  return nativeSchemas[destination.kind].parse(Object.fromEntries(settings));
}

/** A setting that is a secret. */
export interface SecretSetting {
  /** What it is called without `File`. */
  readonly key: string;
  /** What config.ts calls it: `url` or `urlFile`. */
  readonly written: string;
  readonly from: SecretRef;
}

/** Settings that are secrets, in order: `url: secret("…")`, and `urlFile: "…"`, which means the same as `url: secretFile("…")`. */
export function secretsOf(settings: object): SecretSetting[] {
  return Object.entries(settings).flatMap(([written, value]): SecretSetting[] => {
    if (isSecretRef(value)) return [{ key: written, written, from: value }];
    if (!written.endsWith("File") || typeof value !== "string") return [];
    return [{ key: written.replace(/File$/, ""), written, from: { file: value } }];
  });
}

/** The path at which the service sees the secret `key`. */
export type FileOf = (key: string) => string;

/** The settings with each secret as the path of its file, as services know them. */
export function withSecretFiles(settings: object, fileOf: FileOf): Record<string, unknown> {
  const secrets = secretsOf(settings);
  const named = new Set(secrets.map(({ written }) => written));
  // In the place where config.ts has it: what is generated is read by people.
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => {
      if (!named.has(key)) return [key, value];
      const { key: secret } = secrets.find(({ written }) => written === key)!;
      return [`${secret}File`, fileOf(secret)];
    }),
  );
}
