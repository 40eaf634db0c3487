/** zlib's inflate, loaded at its first use: a run that reads no object saves the 4 ms. */
import type { inflateSync } from "node:zlib";

/** @throws zlib's error for bytes that are damaged, or longer than `maxOutputLength` once inflated */
export const inflate: typeof inflateSync = (...args) => process.getBuiltinModule("node:zlib").inflateSync(...args);
