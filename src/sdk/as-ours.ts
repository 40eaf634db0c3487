/** What a program catches is always one of our errors, with a code. */
import { RepobaseError } from "../protocol/errors.ts";

/** @throws RepobaseError `failure` for anything not foreseen */
export async function asOurs<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof RepobaseError) throw cause;
    const missing = missingPackage(cause);
    if (missing !== undefined)
      throw new RepobaseError("failure", `what another device pushed can be joined only with ${missing}`, {
        hint: `npm install @lancedb/lancedb apache-arrow; or run: repobase push`,
        cause,
      });
    throw new RepobaseError("failure", cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Of the native ones, which the package does not bring. */
function missingPackage(error: unknown): string | undefined {
  if (!(error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND")) return undefined;
  return /@lancedb\/lancedb|apache-arrow/.exec(error.message)?.[0];
}
