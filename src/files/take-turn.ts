/** Long work on the main thread stops here now and then, so that timers, messages and signals are heard. */
import { RepobaseError } from "../protocol/errors.ts";

/** @throws RepobaseError `interrupted` when the signal was aborted */
export async function takeTurn(signal: AbortSignal | undefined): Promise<void> {
  await new Promise(setImmediate);
  if (signal?.aborted) throw new RepobaseError("interrupted", "interrupted while reading files");
}
