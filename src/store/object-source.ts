/**
 * A folder of a bucket as a ByteDirectory: what the Worker reads R2 through, and the local home its directory store.
 * Each range is one GET; wrap it in `coalescedDirectory` to merge neighbours.
 */
import { throwIfAborted } from "../protocol/abort.ts";
import { isRepobaseError, RepobaseError } from "../protocol/errors.ts";
import type { ObjectStore } from "./object-store.ts";
import type { ByteDirectory, ByteRange, ByteSource } from "../bytes/byte-source.ts";
import { checkRange } from "../bytes/memory-source.ts";

/** @param prefix of the keys, with its closing slash (`index/{repo}/files.lance/`) */
export function objectDirectory(store: ObjectStore, prefix: string): ByteDirectory {
  return { open: (path, size) => objectSource({ store, key: prefix + path, size }) };
}

/** @param object `size`, when known, saves the HEAD request of `size()` and lets a bad range fail without a request */
function objectSource(object: { store: ObjectStore; key: string; size?: number | undefined }): ByteSource {
  const { store, key } = object;
  let size = object.size;
  const missing = () => new RepobaseError("not_found", `no such object: ${JSON.stringify(key)}`, { fields: { key } });

  const readRange = async (range: ByteRange, signal: AbortSignal | undefined): Promise<Uint8Array> => {
    throwIfAborted(signal);
    if (size !== undefined) checkRange(range, { key, size });
    // A store takes no empty range; the bytes are known without it.
    if (range.length === 0) return new Uint8Array();
    let found;
    try {
      found = await store.get(key, { range, signal });
    } catch (cause) {
      if (isRepobaseError(cause, "range_not_satisfiable")) throw tooShort(key, { range, cause });
      throw cause;
    }
    if (found === undefined) throw missing();
    size ??= found.size;
    if (found.bytes.length !== range.length) throw tooShort(key, { range });
    return found.bytes;
  };

  return {
    key,
    async size(signal) {
      throwIfAborted(signal);
      size ??= (await store.head(key, { signal }))?.size;
      if (size === undefined) throw missing();
      return size;
    },
    read: (ranges, signal) => Promise.all(ranges.map((range) => readRange(range, signal))),
  };
}

function tooShort(key: string, of: { range: ByteRange; cause?: unknown }): RepobaseError {
  const { offset, length } = of.range;
  return new RepobaseError("corrupt_index", `${JSON.stringify(key)} ends before byte ${offset + length}`, {
    fields: { key, offset, length },
    cause: of.cause,
  });
}
