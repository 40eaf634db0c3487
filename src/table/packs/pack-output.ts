/** A pack's own file while it is made: hashed as it is written, part after part. */
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { ByteOutput } from "../../pack/byte-output.ts";
import { ALIGNMENT, type Part } from "../../pack/format.ts";

/** Written at once. */
const WRITE_BYTES = 1 << 20;

export class PackOutput {
  readonly #file: number;
  readonly #hasher = new Bun.CryptoHasher("sha256");
  readonly #held = new ByteOutput(WRITE_BYTES + 65_536);
  #size = 0;
  #partStart = 0;
  #isOpen = true;

  constructor(readonly path: string) {
    this.#file = openSync(path, "wx", 0o600);
  }

  write(bytes: Uint8Array): void {
    this.#held.push(bytes);
    this.#size += bytes.length;
    if (this.#held.length >= WRITE_BYTES) this.#flush();
  }

  #flush(): void {
    const bytes = this.#held.view();
    this.#hasher.update(bytes);
    for (let at = 0; at < bytes.length;) at += writeSync(this.#file, bytes, at);
    this.#held.clear();
  }

  /** What was written since the last part ended; what follows begins aligned. */
  endPart(): Part {
    const part = { offset: this.#partStart, length: this.#size - this.#partStart };
    const rest = (ALIGNMENT - (this.#size % ALIGNMENT)) % ALIGNMENT;
    this.write(new Uint8Array(rest));
    this.#partStart = this.#size;
    return part;
  }

  close(): { size: number; sha256: string } {
    this.#flush();
    fsyncSync(this.#file);
    closeSync(this.#file);
    this.#isOpen = false;
    return { size: this.#size, sha256: this.#hasher.digest("hex") };
  }

  abandon(): void {
    if (this.#isOpen) closeSync(this.#file);
    this.#isOpen = false;
  }
}
