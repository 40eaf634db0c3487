/** zlib's inflate, loaded at its first use: a run that reads no object saves the 4 ms. */
import type { inflateSync } from "node:zlib";

/** Of a stream of which only the beginning is at hand: what that much of it stands for. */
export const inflatePrefix = (bytes: Uint8Array): Buffer => {
  const { inflateSync: run, constants } = process.getBuiltinModule("node:zlib");
  return run(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
};

/** @throws zlib's error for bytes that are damaged, or longer than `maxOutputLength` once inflated */
export const inflate: typeof inflateSync = (...args) => process.getBuiltinModule("node:zlib").inflateSync(...args);
