/**
 * A table's files whose every read is checked against the manifest: whole blocks are read and compared with their checksums,
 * so no answer is ever made from damaged bytes, however they came to be there. An object of an older manifest, which has no
 * checksums, is read whole once, compared with its sha256, and its checksums are made from what was read.
 */
import { RepobaseError } from "../protocol/errors.ts";
import { crc32 } from "../protocol/crc32.ts";
import { sha256Hex } from "../protocol/hash.ts";
import type { ManifestObject } from "../protocol/manifest.ts";
import { CHECKED_BLOCK_BYTES, blockChecksums, decodeChecksums } from "./block-checksums.ts";
import type { ByteDirectory, ByteRange, ByteSource } from "./byte-source.ts";
import { planReads } from "./coalesce.ts";
import { checkRange } from "./memory-source.ts";

export interface CheckedOptions {
  /** Of the manifest that names the files. */
  readonly objects: readonly ManifestObject[];
  /** Of the directory, as the objects' paths have it: `files.lance/`. */
  readonly prefix: string;
  /** A file that is no object: `refuse` it as damage, or `pass` it, because a manifest is only now being made. */
  readonly unlisted: "refuse" | "pass";
  /** Keeps what was made of an object by its sha256 for the process; absent: it is kept for as long as the directory. */
  readonly remember?: (sha256: string, make: () => Promise<Uint32Array>) => Promise<Uint32Array>;
}

/** Whole blocks of one request, bytes: what `planReads` may merge. */
const MAX_MERGED = 4 * 1024 * 1024;

export function checkedDirectory(directory: ByteDirectory, options: CheckedOptions): ByteDirectory {
  const { prefix } = options;
  const objects = new Map(options.objects.map((object) => [object.path, object]));
  const made = new Map<string, Uint32Array>();
  const keep = async (sha256: string, make: () => Promise<Uint32Array>) => {
    const checksums = made.get(sha256) ?? (await make());
    made.set(sha256, checksums);
    return checksums;
  };
  const remember = options.remember ?? keep;
  return {
    open(path, size) {
      const object = objects.get(prefix + path);
      if (object) return checked(directory.open(path, object.size), object, remember);
      const source = directory.open(path, size);
      return options.unlisted === "pass" ? source : refused(source);
    },
  };
}

function refused({ key }: ByteSource): ByteSource {
  const refuse = async () => {
    throw damaged(key, "is no object of the manifest");
  };
  return { key, size: refuse, read: refuse };
}

function checked(
  source: ByteSource,
  object: ManifestObject,
  remember: NonNullable<CheckedOptions["remember"]>,
): ByteSource {
  const { size, sha256 } = object;
  const { key } = source;
  let known: Uint32Array | undefined;
  const checksums = async (signal: AbortSignal | undefined): Promise<Uint32Array> =>
    (known ??= object.crc32 === undefined ? await remember(sha256, () => hashWhole(signal)) : listed(object.crc32));

  const listed = (text: string): Uint32Array => {
    const found = decodeChecksums(text, size);
    if (!found) throw damaged(key, "has checksums in the manifest that are none");
    return found;
  };

  const hashWhole = async (signal: AbortSignal | undefined): Promise<Uint32Array> => {
    const [bytes = NOTHING] = await source.read([{ offset: 0, length: size }], signal);
    if ((await sha256Hex(bytes)) !== sha256) throw damaged(key, "does not have the sha256 of the manifest");
    return blockChecksums(bytes);
  };

  return {
    key,
    size: async () => size,
    async read(ranges, signal) {
      for (const range of ranges) checkRange(range, { key, size });
      const expected = await checksums(signal);
      const wanted = ranges.flatMap((range, i) => (range.length === 0 ? [] : [{ range, i }]));
      const plan = planReads(
        wanted.map(({ range }) => wholeBlocks(range, size)),
        { gap: 0, max: MAX_MERGED },
      );
      const buffers = await source.read(plan, signal);
      const out: Uint8Array[] = ranges.map(() => NOTHING);
      plan.forEach(({ offset: start, serves }, r) => {
        const buffer = buffers[r] as Uint8Array;
        compare(buffer, { start, key, expected });
        for (const w of serves) {
          const { range, i } = wanted[w] as (typeof wanted)[number];
          out[i] = buffer.subarray(range.offset - start, range.offset - start + range.length);
        }
      });
      return out;
    },
  };
}

function wholeBlocks({ offset, length }: ByteRange, size: number): ByteRange {
  const start = Math.floor(offset / CHECKED_BLOCK_BYTES) * CHECKED_BLOCK_BYTES;
  const end = Math.min(size, Math.ceil((offset + length) / CHECKED_BLOCK_BYTES) * CHECKED_BLOCK_BYTES);
  return { offset: start, length: end - start };
}

/** @throws RepobaseError `corrupt_index` */
function compare(bytes: Uint8Array, of: { start: number; key: string; expected: Uint32Array }): void {
  for (let at = 0; at < bytes.length; at += CHECKED_BLOCK_BYTES) {
    const end = Math.min(bytes.length, at + CHECKED_BLOCK_BYTES);
    if (crc32(bytes, at, end) !== of.expected[(of.start + at) / CHECKED_BLOCK_BYTES])
      throw damaged(of.key, `is damaged between bytes ${of.start + at} and ${of.start + end}`);
  }
}

const damaged = (key: string, how: string) =>
  new RepobaseError("corrupt_index", `"${key}" ${how}`, { fields: { key, file: key } });

const NOTHING = new Uint8Array();
