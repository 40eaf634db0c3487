/**
 * FSST strings (https://www.vldb.org/pvldb/vol13/p2649-boncz.pdf): a code is one of up to 255 symbols of 1 to 8 bytes, or
 * 255 before a literal byte. Lance's table, 2312 bytes: byte 0 = symbols n, bit 0 of byte 3 = strings are coded at all,
 * bytes 4..7 = "TSSF", n x 8 bytes of symbols, n lengths.
 */
import { MAX_DECODED_BYTES, corrupt } from "../corruption.ts";
import { cut, viewOf } from "../little-endian.ts";

const MAGIC = 0x46535354;
const ESCAPE = 255;

export class FsstTable {
  readonly #coded: boolean;
  readonly #lengths = new Uint8Array(256);
  /** Symbols as two words each, so that a symbol is written by two stores whatever its length. */
  readonly #words = new Uint32Array(512);

  /** @throws RepobaseError `corrupt_index` */
  constructor(table: Uint8Array) {
    const view = viewOf(table);
    if (view.getUint32(4, true) !== MAGIC) throw corrupt("an FSST symbol table has no magic number");
    this.#coded = (view.getUint8(3) & 1) === 1;
    const n = view.getUint8(0);
    const lengths = cut(table, 8 + 8 * n, n);
    for (let code = 0; code < n; code++) {
      const length = lengths[code] as number;
      if (length < 1 || length > 8) throw corrupt("an FSST symbol has a bad length");
      this.#lengths[code] = length;
      this.#words[2 * code] = view.getUint32(8 + 8 * code, true);
      this.#words[2 * code + 1] = view.getUint32(12 + 8 * code, true);
    }
  }

  /** Decodes all items into one buffer. @throws RepobaseError `corrupt_index` for codes that are not in the table */
  decodeAll(items: readonly Uint8Array[]): Uint8Array[] {
    if (!this.#coded) return [...items];
    const sizes = items.map((item) => this.#decodedSize(item));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    if (total > MAX_DECODED_BYTES) throw corrupt("FSST strings decode to too many bytes");
    // Symbols are written as 8 bytes each, so the last one may write past its end.
    const out = new Uint8Array(total + 8);
    const view = viewOf(out);
    let at = 0;
    return items.map((item, i) => {
      const start = at;
      this.#decodeInto(item, { out, view, at });
      at += sizes[i] as number;
      return out.subarray(start, at);
    });
  }

  #decodedSize(item: Uint8Array): number {
    let size = 0;
    for (let i = 0; i < item.length; i++) {
      const code = item[i] as number;
      if (code === ESCAPE) {
        size++;
        if (++i === item.length) throw corrupt("an FSST string ends in an escape");
      } else {
        const length = this.#lengths[code] as number;
        if (length === 0) throw corrupt("an FSST string has an unknown code");
        size += length;
      }
    }
    return size;
  }

  #decodeInto(item: Uint8Array, { out, view, at }: { out: Uint8Array; view: DataView; at: number }): void {
    const lengths = this.#lengths;
    const words = this.#words;
    for (let i = 0; i < item.length; i++) {
      const code = item[i] as number;
      if (code === ESCAPE) out[at++] = item[++i] as number;
      else {
        view.setUint32(at, words[2 * code] as number, true);
        view.setUint32(at + 4, words[2 * code + 1] as number, true);
        at += lengths[code] as number;
      }
    }
  }
}
