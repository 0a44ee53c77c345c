/** A server that speaks S3, for tests: S3rver, on this machine. */

import S3rver from "@20minutes/s3rver";
import { freePort } from "../../free_port.ts";

const BUCKET = "backups";

/** The one account that it knows; the secret key is any. */
export const ACCOUNT = { id: "S3RVER", key: "any-secret-key-of-nobody" };

/** A server that runs; leaving its scope stops it. */
export interface S3 extends AsyncDisposable {
  /** As restic names a new place in a bucket of it. */
  readonly repository: string;
}

/**
 * Starts one.
 *
 * @param directory For what it keeps.
 * @param judges Whether it judges signatures. It reads `/bucket/`, as restic asks for a bucket, as `/bucket`: then it answers everybody what S3
 *   answers to a wrong secret key. Access keys that it does not know it refuses in any case.
 */
export async function startS3(directory: string, judges = false): Promise<S3> {
  const port = freePort();
  const server = new S3rver({
    port,
    address: "127.0.0.1",
    silent: true,
    directory,
    allowMismatchedSignatures: !judges,
    configureBuckets: [{ name: BUCKET, configs: [] }],
  });
  await server.run();
  return {
    repository: `s3:http://127.0.0.1:${port}/${BUCKET}/vigie`,
    [Symbol.asyncDispose]: () => server.close(),
  };
}
