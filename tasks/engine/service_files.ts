/** Which of the generated files a service goes by. */

import type { Service } from "../../compose/services/mod.ts";
import type { Files } from "../../lib/files.ts";

/** Read whenever somebody looks at them: a change needs no reload. */
const READ_AS_ASKED = /^webhook\/(?:dashboards\/|graphs\.json$)/;

/** The files that `service` reads when it starts and when it is reloaded: paths and texts. */
export function serviceFiles(service: Service, files: Files): [string, string][] {
  return [...files].filter(([path]) => path.startsWith(`${service}/`) && !READ_AS_ASKED.test(path));
}
