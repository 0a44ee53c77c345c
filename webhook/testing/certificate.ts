/** A certificate for a test's server. */

import { join } from "node:path";

/** A certificate that vouches for itself, for `localhost` and 127.0.0.1, and its key; both PEM. */
export async function selfSigned(): Promise<{ readonly cert: string; readonly key: string }> {
  const directory = await Deno.makeTempDir();
  try {
    const [cert, key] = [join(directory, "cert.pem"), join(directory, "key.pem")];
    const { success, stderr } = await new Deno.Command("openssl", {
      args: [
        ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2".split(" "),
        ...["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"],
        ...["-addext", "basicConstraints=critical,CA:FALSE", "-keyout", key, "-out", cert],
      ],
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return { cert: await Deno.readTextFile(cert), key: await Deno.readTextFile(key) };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
