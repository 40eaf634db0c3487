/** How decoders of packs refuse bytes: `corrupt_index`, always; who reads a pack adds its name. */
import { isRepobaseError, RepobaseError } from "../protocol/errors.ts";

export const corruptPack = (what: string, cause?: unknown): RepobaseError =>
  new RepobaseError("corrupt_index", `a search pack is damaged: ${what}`, { cause });

/** Runs a decoder of the pack `path`: its refusals name the file, and a length that no buffer can have is one of them. */
export function withinPack<T>(path: string, decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    if (isRepobaseError(cause, "corrupt_index") && cause.fields["file"] === undefined)
      throw new RepobaseError("corrupt_index", `${JSON.stringify(path)}: ${cause.message}`, {
        fields: { ...cause.fields, file: path },
        cause: cause.cause,
      });
    if (cause instanceof RangeError)
      throw new RepobaseError("corrupt_index", `${JSON.stringify(path)}: a length or position is out of bounds`, {
        fields: { file: path },
        cause,
      });
    throw cause;
  }
}
