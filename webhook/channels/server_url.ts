/** An address in the settings that anybody may read. */

import { httpUrl } from "../../lib/schema.ts";

/** An http(s) URL without credentials in it: it is shown in logs and previews. */
export const serverUrl = httpUrl.refine((text) => {
  const url = URL.parse(text);
  return url === null || url.username === "" && url.password === "";
}, "expected a URL without a user and a password in it: they have keys of their own");
