/** What an error of the file system means to a user: the home is full, or may not be written. */
import { RepobaseError } from "../protocol/errors.ts";

export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** No file of that name (a folder of that name, or a file where a folder should be, is no object either). */
export function isAbsent(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR", "EISDIR"].includes(errnoOf(error) ?? "");
}

/** Turns what the file system threw into ours: `no_space`, `home_unwritable`, or `io_error`, with the cause kept. */
export function fileError(
  error: unknown,
  of: { readonly doing: "read" | "write"; readonly path: string },
): RepobaseError {
  if (error instanceof RepobaseError) return error;
  const code = errnoOf(error);
  const { doing, path } = of;
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return new RepobaseError("no_space", `no space left to write "${path}"`, {
        cause: error,
        hint: "free some space and run it again",
      });
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new RepobaseError("home_unwritable", `not allowed to ${doing} "${path}"`, {
        cause: error,
        hint: "check the permissions of the folder, or point REPOBASE_HOME elsewhere",
      });
    case "ENOTDIR":
    case "EEXIST":
      return new RepobaseError("home_unwritable", `cannot ${doing} "${path}": a file is where a folder should be`, {
        cause: error,
        hint: "move that file away, or point REPOBASE_HOME elsewhere",
      });
    default:
      return new RepobaseError("io_error", `cannot ${doing} "${path}": ${code ?? String(error)}`, { cause: error });
  }
}
