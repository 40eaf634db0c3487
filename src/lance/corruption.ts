/**
 * How the reader refuses bytes: `corrupt_index` for what no writer makes, `unsupported_format` for what this reader does
 * not know. Decoders check what would read silently wrong; a read past the end of a DataView and an absurd allocation are
 * RangeErrors by themselves, and `within`, at the entry of every decoder, turns those into `corrupt_index`.
 */
import { RepobaseError, isRepobaseError } from "../protocol/errors.ts";

export function corrupt(what: string, cause?: unknown): RepobaseError {
  return new RepobaseError("corrupt_index", what, { cause });
}

export function unsupported(what: string): RepobaseError {
  return new RepobaseError("unsupported_format", what, {
    hint: "update repobase, or index the repository again with this version",
  });
}

/** Runs a decoder of the file `path`; its refusals name the file. */
export function within<T>(path: string, decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    if (isRepobaseError(cause, "corrupt_index", "unsupported_format") && cause.fields["file"] === undefined)
      throw new RepobaseError(cause.code, `${JSON.stringify(path)}: ${cause.message}`, {
        ...(cause.hint === undefined ? {} : { hint: cause.hint }),
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

/** No buffer this reader decodes may be larger: far above any chunk or value, far below what would kill a process. */
export const MAX_DECODED_BYTES = 1 << 28;
