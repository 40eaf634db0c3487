/**
 * What our code asks of `Bun`, on Node: scripts/build-npm.ts gives the package's code this in the place of the global. On Bun it is Bun.
 * What is not here is of things that the package does on Bun alone, and says so.
 */
import { createHash } from "node:crypto";
import { open, readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { crc32 } from "node:zlib";
import { RepobaseError } from "../../protocol/errors.ts";

/** The part of `Bun.file` that is used. */
function file(path: string, from = 0, to = Infinity) {
  const bytes = async (): Promise<Uint8Array<ArrayBuffer>> => {
    if (to === Infinity) return new Uint8Array(await readFile(path));
    const handle = await open(path);
    try {
      const part = new Uint8Array(to - from);
      const { bytesRead } = await handle.read(part, 0, part.length, from);
      return part.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  };
  const text = async () => new TextDecoder().decode(await bytes());
  return {
    bytes,
    text,
    json: async (): Promise<unknown> => JSON.parse(await text()),
    arrayBuffer: async () => (await bytes()).slice().buffer,
    slice: (start: number, end: number) => file(path, start, end),
  };
}

class CryptoHasher {
  readonly #hash;
  constructor(algorithm: string) {
    this.#hash = createHash(algorithm);
  }
  update(data: string | Uint8Array): this {
    this.#hash.update(data);
    return this;
  }
  digest(encoding?: "hex"): string | Uint8Array {
    return encoding === undefined ? new Uint8Array(this.#hash.digest()) : this.#hash.digest(encoding);
  }
}

const onNode = {
  file,
  CryptoHasher,
  hash: { crc32: (data: Uint8Array) => crc32(data) },
  sleep: (ms: number) => setTimeout(ms),
  gc: () => undefined,
};

export const bunOrNode: unknown =
  "Bun" in globalThis
    ? globalThis.Bun
    : new Proxy(onNode, {
        get(known, name) {
          if (Object.hasOwn(known, name)) return Reflect.get(known, name);
          throw new RepobaseError("failure", `this needs Bun (${String(name)}), and runs on Node`, {
            hint: "run the program with Bun, or call the repobase command",
          });
        },
      });
