/** Files of an index behind the cache of a process that opens those of many owners. */
import type { ByteSource } from "../bytes/byte-source.ts";
import { type ByteCache, cached } from "../bytes/cache.ts";
import { isRepobaseError, RepobaseError } from "../protocol/errors.ts";

/** The source behind the cache, where what it holds has a name that no other owner's has. A file a manifest names and nobody has is damage. */
export function cachedAs(
  prefix: string,
  source: ByteSource,
  cache: ByteCache,
  onHit?: (ranges: number) => void,
): ByteSource {
  const size = (signal?: AbortSignal) => source.size(signal).catch(toDamage);
  const { read } = cached(
    { key: prefix + source.key, size, read: (ranges, signal) => source.read(ranges, signal).catch(toDamage) },
    cache,
    onHit,
  );
  return { key: source.key, size, read };
}

function toDamage(cause: unknown): never {
  if (!isRepobaseError(cause, "not_found")) throw cause;
  throw new RepobaseError("corrupt_index", `the index is damaged: ${cause.message}`, { fields: cause.fields, cause });
}
