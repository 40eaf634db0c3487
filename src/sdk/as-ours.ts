/** What a program catches is always one of our errors, with a code. */
import { RepobaseError } from "../protocol/errors.ts";

/** @throws RepobaseError `failure` for anything not foreseen */
export async function asOurs<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof RepobaseError) throw cause;
    throw new RepobaseError("failure", cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
