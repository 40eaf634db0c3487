/** An error of a command with what to do next, whether a parser read the command line or not. */
import { isRepobaseError, RepobaseError } from "../../protocol/errors.ts";
import { withRepairHint } from "../../protocol/repair-hint.ts";

/** Words that mean nothing here are explained by the help of this very command. @param name its words */
export function explainedError(error: unknown, name: string): unknown {
  const mended = withRepairHint(error, { remote: false });
  if (!isRepobaseError(mended, "usage") || mended.hint !== undefined) return mended;
  const hint = `see: repobase help ${name}`.trimEnd();
  return new RepobaseError("usage", mended.message, { hint, fields: mended.fields, cause: mended.cause });
}
