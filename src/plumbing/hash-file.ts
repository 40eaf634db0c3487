/** The sha256 and size of a file, read once as a stream: a table's files may be larger than memory. */
import { createReadStream } from "node:fs";
import { createHash } from "node:crypto";
import { RepobaseError } from "../protocol/errors.ts";
import { fileError, isAbsent } from "../files/file-errors.ts";

/** @throws RepobaseError `not_found` when there is no such file, `failure` when it cannot be read */
export async function hashFile(path: string): Promise<{ readonly sha256: string; readonly size: number }> {
  const hash = createHash("sha256");
  let size = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Uint8Array>) {
      hash.update(chunk);
      size += chunk.length;
    }
  } catch (error) {
    if (isAbsent(error)) throw new RepobaseError("not_found", `no such file "${path}"`, { cause: error });
    throw fileError(error, { doing: "read", path });
  }
  return { sha256: hash.digest("hex"), size };
}
