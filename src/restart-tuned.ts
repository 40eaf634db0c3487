/**
 * Runs the process anew with other settings of the JavaScript engine, which reads them from the environment before any code
 * of ours runs. Its optimizing compilers (two of JavaScript, one of WebAssembly) begin early, and pay after many seconds of
 * the same work: they took 40 % of the processor time of indexing a tree of 1 MB. Begun later, they serve large ones as before.
 */
import { isEmbedded } from "./embedded.ts";

export const ENGINE_SETTINGS = {
  BUN_JSC_thresholdForOptimizeAfterWarmUp: "4000",
  BUN_JSC_thresholdForFTLOptimizeAfterWarmUp: "1000000",
  BUN_JSC_thresholdForOMGOptimizeAfterWarmUp: "20000000",
};

/** Not in Node's declarations that Bun's build on. */
type Execve = (file: string, args: readonly string[], env: Readonly<Record<string, string | undefined>>) => never;

/** The same process (id, streams, arguments) begins again, once. Comes back where that is not possible, or was done. */
export function restartTuned(argv: readonly string[]): void {
  const { execve } = process as { execve?: Execve };
  if (
    !isEmbedded(import.meta.url) ||
    execve === undefined ||
    Object.keys(ENGINE_SETTINGS).some((name) => name in process.env)
  )
    return;
  try {
    execve.call(process, process.execPath, [process.argv0, ...argv], { ...process.env, ...ENGINE_SETTINGS });
  } catch {
    // the system refuses (the file is gone, or may not be run again): the work is the same, only slower
  }
}
