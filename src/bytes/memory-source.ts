/** Bytes already in memory as a ByteSource: tests, embedded assets, objects fetched whole. */
import { throwIfAborted } from "../protocol/abort.ts";
import { RepobaseError } from "../protocol/errors.ts";
import type { ByteDirectory, ByteRange, ByteSource } from "./byte-source.ts";

export function memorySource(key: string, bytes: Uint8Array): ByteSource {
  return {
    key,
    async size(signal) {
      throwIfAborted(signal);
      return bytes.length;
    },
    async read(ranges, signal) {
      throwIfAborted(signal);
      return ranges.map((range) => {
        checkRange(range, { key, size: bytes.length });
        return bytes.subarray(range.offset, range.offset + range.length);
      });
    },
  };
}

/** @param files path -> bytes; looked up at each read, so a caller may add files later */
export function memoryDirectory(files: ReadonlyMap<string, Uint8Array>): ByteDirectory {
  const find = (path: string): ByteSource => {
    const bytes = files.get(path);
    if (bytes === undefined) throw new RepobaseError("not_found", `no such file: ${JSON.stringify(path)}`);
    return memorySource(path, bytes);
  };
  return {
    open: (path) => ({
      key: path,
      size: async (signal) => find(path).size(signal),
      read: async (ranges, signal) => find(path).read(ranges, signal),
    }),
  };
}

/**
 * The check every source owes its readers.
 * @throws RepobaseError `corrupt_index` when the range is not wholly inside the object
 */
export function checkRange(range: ByteRange, object: { readonly key: string; readonly size: number }): void {
  const { offset, length } = range;
  if (
    !(
      Number.isSafeInteger(offset) &&
      Number.isSafeInteger(length) &&
      offset >= 0 &&
      length >= 0 &&
      offset + length <= object.size
    )
  )
    throw new RepobaseError(
      "corrupt_index",
      `${JSON.stringify(object.key)} has ${object.size} bytes, but bytes ${offset} to ${offset + length} were expected`,
      { fields: { key: object.key, size: object.size, offset, length } },
    );
}
