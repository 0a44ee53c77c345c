/** Who may look: the gate's face to the webhook. */

export { createGate, type Gate } from "./gate.ts";
export type { GateOptions, SignedIn } from "./gate_parts.ts";
export type { Figures } from "./figures.ts";
export { whyUnusable } from "./local_users.ts";
export { localeFor } from "./words.ts";
export { type Role, ROLES } from "./role.ts";
export { type SignOnConfig, signOnSchema } from "./schema.ts";
export { openSessionFile } from "./session_file.ts";
export { createSessions, type Sessions } from "./sessions.ts";
export { readSignOn, secretsOf, type SignOnSettings } from "./settings.ts";
