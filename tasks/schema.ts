/** `deno task schema`: config.ts as a JSON Schema, for whatever writes or checks configurations by program. */

import * as z from "zod";
import { type Command, EXIT, main } from "./cli.ts";
import { configSchema } from "./stack.ts";

/** The command. */
export const schemaCommand: Command = {
  name: "schema",
  summary: "write the JSON Schema of config.ts on standard output",
  examples: ["schema > config.schema.json"],
  // deno-lint-ignore require-await
  async run({ print }) {
    const schema = configJsonSchema();
    print(JSON.stringify(schema, null, 2));
    return { code: EXIT.done, json: schema };
  },
};

/** What may be given to `defineStack`, as JSON Schema (draft 2020-12). Contradictions between keys are not in it. */
export function configJsonSchema(): Record<string, unknown> {
  return { title: "Vigie configuration", ...z.toJSONSchema(configSchema, { io: "input" }) };
}

if (import.meta.main) await main(schemaCommand);
