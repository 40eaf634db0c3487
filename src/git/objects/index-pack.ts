/**
 * Makes the index of a pack that a stranger sent: where each object starts, and which id it has. Every object is inflated to
 * find that out, and none is held that is over `MAX_OBJECT_BYTES`: of a large file the id is made piece by piece, and what only
 * a large base could make is left out of the index, as if the server had not sent it.
 */
import { closeSync, readSync } from "node:fs";
import { openRegularFile } from "../../files/read-regular-file.ts";
import { takeTurn } from "../../files/take-turn.ts";
import { isRepobaseError, RepobaseError } from "../../protocol/errors.ts";
import { objectId } from "./blob-id.ts";
import { inflateMeasured, inflatePieces } from "./inflate.ts";
import { MAX_DELTA_DEPTH, MAX_OBJECT_BYTES, MAX_PACK_OBJECTS } from "./limits.ts";
import { applyDelta, deltaResultSize, type ObjectType, parsePackEntry } from "./pack-entry.ts";
import type { GitObject } from "./pack-file.ts";
import { encodePackIndex } from "./pack-index.ts";

export interface IndexPackOptions {
  /** Finds the base of a delta that is not in the pack (thin packs). @throws RepobaseError `not_found` */
  readonly external: (id: string) => GitObject;
  readonly onProgress: (phase: "indexing objects" | "resolving deltas", done: number, total: number) => void;
  readonly signal: AbortSignal | undefined;
}

/** Objects between which a signal is heard. */
const TURN = 256;
const FIRST_READ = 4096;
/** Bases that are kept while their deltas are applied. */
const KEPT_BYTES = 2 * MAX_OBJECT_BYTES;

interface Entry {
  readonly offset: number;
  readonly headLength: number;
  /** Of what lies in the pack, inflated. */
  readonly size: number;
  readonly crc32: number;
  /** A delta's base: an offset, or an id. */
  readonly base: number | string | null;
  /** undefined: a delta that was not applied yet, or cannot be. */
  object?: {
    readonly id: string;
    readonly type: ObjectType;
    readonly depth: number;
    readonly parent: Entry | string | null;
  };
}

/**
 * @param path of the pack, whose checksum the caller has checked
 * @returns the bytes of its index
 * @throws RepobaseError `damaged_repository`, `too_large` for more objects than a commit may have, `transient` when a base is
 *   nowhere, `interrupted`
 */
export async function indexPack(path: string, options: IndexPackOptions): Promise<Buffer> {
  const { fd, size } = openRegularFile(path);
  try {
    return await new PackIndexer(fd, size, options).run();
  } finally {
    closeSync(fd);
  }
}

class PackIndexer {
  private readonly entries: Entry[] = [];
  /** Deltas by what they stand on. */
  private readonly onOffset = new Map<number, Entry[]>();
  private readonly onId = new Map<string, Entry[]>();
  /** Least recently used first. */
  private readonly kept = new Map<Entry | string, Buffer>();
  private keptBytes = 0;
  private deltas = 0;
  private applied = 0;

  constructor(
    private readonly fd: number,
    private readonly size: number,
    private readonly options: IndexPackOptions,
  ) {}

  async run(): Promise<Buffer> {
    const start = this.read(0, 12);
    if (start.length < 12 || start.toString("latin1", 0, 4) !== "PACK") throw damaged(0);
    await this.readEntries(start.readUInt32BE(8));
    await this.applyDeltas();
    const indexed = this.entries.flatMap(({ object, offset, crc32 }) =>
      object === undefined ? [] : [{ id: Buffer.from(object.id, "hex"), offset, crc32 }],
    );
    return encodePackIndex(indexed, this.read(this.size - 20, 20));
  }

  private async readEntries(count: number): Promise<void> {
    if (count > MAX_PACK_OBJECTS)
      throw new RepobaseError("too_large", `a commit of more than ${MAX_PACK_OBJECTS} objects is not taken`);
    let at = 12;
    for (let n = 0; n < count; n++) {
      at = await this.readEntry(at);
      if (n % TURN === 0) await this.turn("indexing objects", n + 1, count);
    }
    if (at !== this.size - 20) throw damaged(at);
  }

  /** @returns where the next one starts */
  private async readEntry(offset: number): Promise<number> {
    const first = this.read(offset, FIRST_READ);
    const { headLength, size, kind } = parsePackEntry(first);
    const type = "object" in kind ? kind.object : null;
    const isLarge = size > MAX_OBJECT_BYTES;
    const { bytes, id, used } = isLarge
      ? await this.inflateLarge(offset + headLength, { size, type })
      : { ...this.inflate({ offset, headLength, size }, first), id: undefined };
    const base = "baseId" in kind ? kind.baseId : "baseDistance" in kind ? offset - kind.baseDistance : null;
    const crc32 = this.crc32(offset, headLength + used, first);
    const entry: Entry = { offset, headLength, size, crc32, base };
    this.entries.push(entry);
    if (type !== null) entry.object = { id: id ?? objectId(type, bytes), type, depth: 0, parent: null };
    else if (!isLarge) this.addDelta(entry);
    return offset + headLength + used;
  }

  private addDelta(entry: Entry): void {
    const { base } = entry;
    this.deltas++;
    if (typeof base === "number") push(this.onOffset, base, entry);
    else if (base !== null) push(this.onId, base, entry);
  }

  private async applyDeltas(): Promise<void> {
    for (const entry of this.entries) if (entry.object !== undefined && entry.base === null) await this.applyOn(entry);
    // what is left stands on objects that we have already
    for (const [id, waiting] of this.onId) {
      const known = this.external(id);
      if (known === undefined) continue;
      this.keep(id, known.bytes);
      for (const entry of waiting)
        if (this.applyOne(entry, { parent: id, type: known.type, depth: 0 })) await this.applyOn(entry);
    }
  }

  /** All that stands on an object, directly or on one another; the latest first, so that bases are still at hand. */
  private async applyOn(root: Entry): Promise<void> {
    const stack = [root];
    for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
      const { object, offset, base, size } = entry;
      if (object === undefined) continue;
      const children = [...(this.onOffset.get(offset) ?? []), ...(this.onId.get(object.id) ?? [])];
      this.onOffset.delete(offset);
      this.onId.delete(object.id);
      if (base === null && size > MAX_OBJECT_BYTES) continue; // a base that is not held
      for (const child of children) {
        if (this.applyOne(child, { parent: entry, type: object.type, depth: object.depth })) stack.push(child);
        if (++this.applied % TURN === 0) await this.turn("resolving deltas", this.applied, this.deltas);
      }
    }
  }

  /** @returns false: what it makes is too large */
  private applyOne(entry: Entry, on: { parent: Entry | string; type: ObjectType; depth: number }): boolean {
    if (on.depth >= MAX_DELTA_DEPTH) throw damaged(entry.offset);
    const base = this.load(on.parent);
    const delta = this.inflate(entry).bytes;
    if (deltaResultSize(delta) > MAX_OBJECT_BYTES) return false;
    const bytes = applyDelta(base, delta);
    entry.object = { id: objectId(on.type, bytes), type: on.type, depth: on.depth + 1, parent: on.parent };
    this.keep(entry, bytes);
    return true;
  }

  /** The bytes of an object that is known: kept, or made again from the nearest one below it that is. */
  private load(of: Entry | string): Buffer {
    const chain: Entry[] = [];
    let at = of;
    let bytes = this.kept.get(at);
    while (bytes === undefined) {
      if (typeof at === "string") bytes = this.options.external(at).bytes;
      else if (at.base === null) bytes = this.inflate(at).bytes;
      else {
        chain.push(at);
        const parent: Entry | string | null | undefined = at.object?.parent;
        if (parent === null || parent === undefined) throw damaged(at.offset);
        at = parent;
        bytes = this.kept.get(at);
      }
    }
    for (let entry = chain.pop(); entry !== undefined; entry = chain.pop())
      bytes = applyDelta(bytes, this.inflate(entry).bytes);
    this.keep(of, bytes);
    return bytes;
  }

  private keep(of: Entry | string, bytes: Buffer): void {
    const before = this.kept.get(of);
    if (before !== undefined) this.kept.delete(of);
    else this.keptBytes += bytes.length;
    this.kept.set(of, bytes);
    for (const [oldest, { length }] of this.kept) {
      if (this.keptBytes <= KEPT_BYTES || oldest === of) break;
      this.kept.delete(oldest);
      this.keptBytes -= length;
    }
  }

  /** undefined: it is too large to stand on. */
  private external(id: string): GitObject | undefined {
    try {
      return this.options.external(id);
    } catch (error) {
      if (isRepobaseError(error, "too_large")) return undefined;
      if (!isRepobaseError(error, "not_found")) throw error;
      throw new RepobaseError("transient", "the transfer lacks an object that others stand on", {
        hint: "run it again",
      });
    }
  }

  private inflate(
    { offset, headLength, size }: Pick<Entry, "offset" | "headLength" | "size">,
    first = this.read(offset, FIRST_READ),
  ): { bytes: Buffer; used: number } {
    const here = first.subarray(headLength);
    for (let wanted = here.length; ; wanted = Math.max(wanted * 4, size + (size >>> 10) + 64)) {
      const packed = wanted <= here.length ? here : this.read(offset + headLength, wanted);
      const inflated = inflateMeasured(packed, size);
      if (inflated !== undefined) return inflated;
      if (offset + headLength + wanted >= this.size || wanted > 8 * size + 65_536) throw damaged(offset);
    }
  }

  private async inflateLarge(start: number, of: { size: number; type: ObjectType | null }) {
    const { fd, size: end } = this;
    const hasher = of.type === null ? null : new Bun.CryptoHasher("sha1").update(`${of.type} ${of.size}\0`);
    const used = await inflatePieces({
      read: (at, length) => readAt(fd, start + at, Math.min(length, end - start - at)),
      size: of.size,
      onPiece: (piece) => hasher?.update(piece),
      signal: this.options.signal,
    });
    if (used === undefined) throw damaged(start);
    return { bytes: Buffer.alloc(0), id: hasher?.digest("hex"), used };
  }

  private crc32(offset: number, length: number, first: Buffer): number {
    const { crc32 } = process.getBuiltinModule("node:zlib");
    if (length <= first.length) return crc32(first.subarray(0, length));
    let sum = 0;
    for (let done = 0; done < length;) {
      const piece = this.read(offset + done, Math.min(1 << 20, length - done));
      sum = crc32(piece, sum);
      done += piece.length;
    }
    return sum;
  }

  /** Fewer bytes than asked only at the end. */
  private read(at: number, length: number): Buffer {
    return readAt(this.fd, at, Math.min(length, this.size - at));
  }

  private async turn(phase: Parameters<IndexPackOptions["onProgress"]>[0], done: number, total: number): Promise<void> {
    this.options.onProgress(phase, done, total);
    await takeTurn(this.options.signal);
  }
}

function readAt(fd: number, at: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(Math.max(0, length));
  let done = 0;
  while (done < bytes.length) {
    const read = readSync(fd, bytes, done, bytes.length - done, at + done);
    if (read === 0) throw damaged(at);
    done += read;
  }
  return bytes;
}

function push<K>(map: Map<K, Entry[]>, key: K, entry: Entry): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [entry]);
  else list.push(entry);
}

const damaged = (at: number): RepobaseError =>
  new RepobaseError("damaged_repository", `the pack that was received is damaged at byte ${at}`);
