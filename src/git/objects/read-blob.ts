/** The bytes of one file version. */
import { RepobaseError } from "../../protocol/errors.ts";
import type { Repository } from "./repository.ts";

/**
 * @param blob 40 hex digits
 * @param maxBytes of the file
 * @throws RepobaseError `not_found` when the repository does not hold it, `too_large` before it is read, `damaged_repository` when it is damaged or no blob
 */
export function readBlob(repository: Repository, blob: string, maxBytes?: number): Uint8Array {
  const { type, bytes } = repository.objects.read(blob, maxBytes);
  if (type !== "blob") throw new RepobaseError("damaged_repository", `git object ${blob} is a ${type}, not a file`);
  return bytes;
}
