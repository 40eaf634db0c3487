/**
 * Reads objects out of one pack. Only the bytes of the objects asked for are read: a pack may be larger than memory.
 * Why not isomorphic-git: it holds and hashes whole packs before the first object (100 ms for the one commit a no-op run
 * needs), has no 64-bit offsets, and at its best reads 9,000 blobs a second where this reads 22,000 (10,000 source files).
 */
import { closeSync, readSync } from "node:fs";
import { openRegularFile, readRegularFile } from "../../files/read-regular-file.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { inflate } from "./inflate.ts";
import { MAX_CHAIN_BYTES, MAX_DELTA_DEPTH, MAX_OBJECT_BYTES, refuseAbove } from "./limits.ts";
import { applyDelta, deltaResultSize, type ObjectType, type PackEntry, parsePackEntry } from "./pack-entry.ts";
import { PackIndex } from "./pack-index.ts";

/** An entry as far as one short read shows it. */
interface EntryHead {
  /** Where it starts in the pack. */
  readonly at: number;
  readonly bytes: Buffer;
  readonly entry: PackEntry;
}

export interface GitObject {
  readonly type: ObjectType;
  readonly bytes: Buffer;
}

/** Source trees hold readers as long as someone may read a file, and nobody says when that ends: their files close with them. */
const abandoned = new FinalizationRegistry<number>((fd) => closeSync(fd));

/** Bytes read before the size of an entry is known: its head, and all of it where it is a small file or tree. */
const FIRST_READ = 4096;

/** Memory for delta bases, per pack. Neighbouring versions share bases; git's own default is 96 MiB for all packs. */
const BASE_CACHE_BYTES = 32 << 20;

export class PackFile {
  readonly index: PackIndex;
  private readonly fd: number;
  private readonly size: number;
  /** Objects that served as a base, least recently used first. */
  private readonly bases = new Map<number, GitObject>();
  private basesBytes = 0;

  /** @param path of the `.idx`; the `.pack` lies beside it */
  constructor(readonly path: string) {
    this.index = PackIndex.parse(readRegularFile(path), path);
    const pack = openRegularFile(path.replace(/idx$/, "pack"));
    this.fd = pack.fd;
    this.size = pack.size;
    abandoned.register(this, this.fd, this);
  }

  close(): void {
    abandoned.unregister(this);
    closeSync(this.fd);
  }

  /**
   * The object that starts at `offset`.
   * @param of.external finds a delta's base by id, which may lie in another pack (thin packs)
   * @param of.maxBytes of the object
   * @throws RepobaseError `too_large` before anything of that size is made, `damaged_repository`
   */
  readAt(offset: number, { external, maxBytes }: { external: (id: string) => GitObject; maxBytes: number }): GitObject {
    // Down the chain of deltas to something whole, then up again. A loop, as chains may be thousands long. The first delta
    // tells the object's size; of the others only the heads are read on the way down.
    const deltas: EntryHead[] = [];
    let first: Buffer | undefined;
    let at = offset;
    let object = this.cachedBase(at);
    if (object !== undefined) refuseAbove(maxBytes, object.bytes.length, "a git object");
    while (object === undefined) {
      const head = this.readHead(at);
      const { kind, size } = head.entry;
      const isFirst = deltas.length === 0;
      refuseAbove(isFirst && "object" in kind ? maxBytes : MAX_OBJECT_BYTES, size, "a git object");
      if ("object" in kind) {
        object = { type: kind.object, bytes: this.inflateEntry(head) };
        if (!isFirst) this.keepBase(at, object);
        break;
      }
      if (isFirst) {
        first = this.inflateEntry(head);
        refuseAbove(maxBytes, deltaResultSize(first), "a git object");
      }
      deltas.push(head);
      if ("baseId" in kind) {
        const inPack = this.index.offsetOf(Buffer.from(kind.baseId, "hex"));
        if (inPack === undefined) object = external(kind.baseId);
        else at = inPack;
      } else at -= kind.baseDistance;
      if (at < 12 || deltas.length > Math.min(this.index.count, MAX_DELTA_DEPTH))
        throw new RepobaseError("damaged_repository", `"${this.path}" has a delta without a base`);
      object ??= this.cachedBase(at);
    }
    let made = 0;
    for (let head = deltas.pop(); head !== undefined; head = deltas.pop()) {
      const delta = (deltas.length === 0 ? first : undefined) ?? this.inflateEntry(head);
      refuseAbove(MAX_OBJECT_BYTES, deltaResultSize(delta), "a git object");
      refuseAbove(MAX_CHAIN_BYTES, (made += deltaResultSize(delta)), "a chain of deltas");
      object = { type: object.type, bytes: applyDelta(object.bytes, delta) };
      if (deltas.length > 0) this.keepBase(head.at, object);
    }
    return object;
  }

  private readHead(at: number): EntryHead {
    const bytes = this.readBytes(at, FIRST_READ);
    return { at, bytes, entry: parsePackEntry(bytes) };
  }

  private inflateEntry({ at, bytes: first, entry: { headLength, size } }: EntryHead): Buffer {
    if (size === 0) return Buffer.alloc(0);
    const start = at + headLength;
    // The index does not say where an entry ends. zlib adds at most a few bytes per 16 KiB to what it cannot shrink;
    // an encoder that does worse than that gets a second, larger read.
    for (let wanted = size + (size >>> 10) + 64; ; wanted *= 4) {
      const here = first.length - headLength;
      const packed = wanted <= here ? first.subarray(headLength) : this.readBytes(start, wanted);
      try {
        const bytes = inflate(packed, { maxOutputLength: size });
        if (bytes.length === size) return bytes;
      } catch (cause) {
        // enough bytes for any encoder: more would not help
        if (start + wanted >= this.size || wanted > 8 * size + 4096)
          throw new RepobaseError("damaged_repository", `"${this.path}" is damaged at byte ${at}`, { cause });
        continue;
      }
      throw new RepobaseError("damaged_repository", `"${this.path}" is damaged at byte ${at}`);
    }
  }

  /** Fewer bytes than asked only at the end of the pack. */
  private readBytes(at: number, length: number): Buffer {
    const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, this.size - at)));
    let done = 0;
    while (done < buffer.length) {
      const read = readSync(this.fd, buffer, done, buffer.length - done, at + done);
      if (read === 0) throw new RepobaseError("damaged_repository", `"${this.path}" became shorter while it was read`);
      done += read;
    }
    return buffer;
  }

  private cachedBase(at: number): GitObject | undefined {
    const object = this.bases.get(at);
    if (object !== undefined) {
      this.bases.delete(at);
      this.bases.set(at, object);
    }
    return object;
  }

  private keepBase(at: number, object: GitObject): void {
    if (object.bytes.length > BASE_CACHE_BYTES / 4 || this.bases.has(at)) return;
    this.bases.set(at, object);
    this.basesBytes += object.bytes.length;
    for (const [oldest, { bytes }] of this.bases) {
      if (this.basesBytes <= BASE_CACHE_BYTES) break;
      this.bases.delete(oldest);
      this.basesBytes -= bytes.length;
    }
  }
}
