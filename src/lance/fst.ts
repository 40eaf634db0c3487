/**
 * Look-ups in a finite state transducer of the `fst` crate (0.4, format version 3): a map from byte strings to numbers,
 * here from a token to its row in the posting lists. `u64 3, u64 type`, the nodes, `u64 keys, u64 root, u32 checksum`.
 *
 * A node's address is its LAST byte, the state; it is read from there downwards and points only to nodes below it.
 * State: 11cccccc one transition, to the node right below; 10cccccc one transition; 0fnnnnnn any number, f = final.
 *
 * | one transition, downwards    | any number of transitions, downwards                             |
 * |------------------------------|------------------------------------------------------------------|
 * | input byte, if c = 0         | number n, if nnnnnn = 0 (1 means 256)                            |
 * | sizes (not for 11): tttt oooo| sizes: tttt oooo                                                 |
 * | target delta, t bytes        | 256-byte table input -> transition, if n > 32                    |
 * | output, o bytes              | n inputs, n targets of t bytes, n outputs of o bytes             |
 * |                              | final output of o bytes, if f                                    |
 *
 * An input c > 0 is a common byte. A delta counts from the node's lowest byte; 0 is the address 0, the final node
 * without transitions. A value is the sum of the outputs on the way and the final output.
 */
import { corrupt, unsupported } from "./corruption.ts";
import { readU64, viewOf } from "./little-endian.ts";

/** Inputs by their frequency in text, as the crate orders them. */
const COMMON_INPUTS = new TextEncoder().encode("te/oasripcnw.hlm-du012g=:bf3y5&_4v9678k%?xCDASFIBEjPTzRNM+LOqHG");
const HEADER_BYTES = 16;
const FOOTER_BYTES = 20;
/** With more transitions than this a node has a table of its inputs. */
const TABLE_FROM = 32;
const LEAF = 0;

interface Transition {
  readonly target: number;
  readonly output: number;
}

/** Fields of a node with any number of transitions; `low` is the address below which its transitions' parts begin. */
interface BranchNode {
  readonly final: boolean;
  readonly n: number;
  readonly sizesAt: number;
  readonly tableBytes: number;
  readonly targetBytes: number;
  readonly outputBytes: number;
}

export class Fst {
  readonly #bytes: Uint8Array;
  readonly #root: number;
  get byteLength(): number {
    return this.#bytes.byteLength;
  }

  /** How many keys it has. */
  readonly size: number;

  /** @throws RepobaseError `corrupt_index`, `unsupported_format` */
  constructor(bytes: Uint8Array) {
    const view = viewOf(bytes);
    const version = readU64(view, 0);
    if (version !== 3) throw unsupported(`token sets of version ${version}`);
    if (bytes.length < HEADER_BYTES + FOOTER_BYTES) throw corrupt("a token set is too short");
    this.#bytes = bytes;
    this.size = readU64(view, bytes.length - 20);
    this.#root = readU64(view, bytes.length - 12);
  }

  /** @throws RepobaseError `corrupt_index` when a node on the way is no node */
  get(key: Uint8Array): number | undefined {
    let address = this.#root;
    let value = 0;
    for (const input of key) {
      const transition = this.#transition(address, input);
      if (transition === undefined) return undefined;
      if (transition.target >= address) throw corrupt("a token set points upwards");
      address = transition.target;
      value += transition.output;
    }
    const final = this.#finalOutput(address);
    return final === undefined ? undefined : value + final;
  }

  #transition(address: number, input: number): Transition | undefined {
    if (address === LEAF) return undefined;
    const state = this.#byte(address);
    if (state >> 6 < 2) return this.#branch(this.#branchNode(address), input);
    const common = state & 63;
    const inputBytes = common === 0 ? 1 : 0;
    const only = common === 0 ? this.#byte(address - 1) : COMMON_INPUTS[common - 1];
    if (only !== input) return undefined;
    const sizesAt = address - inputBytes - 1;
    if (state >> 6 === 3) return { target: sizesAt, output: 0 };
    const sizes = this.#byte(sizesAt);
    const targetBytes = sizes >> 4;
    const outputBytes = sizes & 15;
    const end = sizesAt - targetBytes - outputBytes;
    return this.#resolve({
      end,
      delta: this.#number(sizesAt - targetBytes, targetBytes),
      output: this.#number(end, outputBytes),
    });
  }

  #branchNode(address: number): BranchNode {
    const state = this.#byte(address);
    const small = state & 63;
    const stored = small === 0 ? this.#byte(address - 1) : small;
    const n = small === 0 && stored === 1 ? 256 : stored;
    const sizesAt = address - (small === 0 ? 1 : 0) - 1;
    const sizes = this.#byte(sizesAt);
    return {
      final: (state & 64) !== 0,
      n,
      sizesAt,
      tableBytes: n > TABLE_FROM ? 256 : 0,
      targetBytes: sizes >> 4,
      outputBytes: sizes & 15,
    };
  }

  #branch(node: BranchNode, input: number): Transition | undefined {
    const { n, sizesAt, tableBytes, targetBytes, outputBytes } = node;
    let i = -1;
    if (tableBytes > 0) {
      const entry = this.#byte(sizesAt - tableBytes + input);
      if (entry < n) i = entry;
    } else for (let k = 0; k < n && i < 0; k++) if (this.#byte(sizesAt - 1 - k) === input) i = k;
    if (i < 0) return undefined;
    const inputsEnd = sizesAt - tableBytes - n;
    const targetsEnd = inputsEnd - n * targetBytes;
    const outputsEnd = targetsEnd - n * outputBytes;
    return this.#resolve({
      end: outputsEnd - (node.final ? outputBytes : 0),
      delta: this.#number(inputsEnd - (i + 1) * targetBytes, targetBytes),
      output: this.#number(targetsEnd - (i + 1) * outputBytes, outputBytes),
    });
  }

  /** undefined: no key ends here. */
  #finalOutput(address: number): number | undefined {
    if (address === LEAF) return 0;
    if (this.#byte(address) >> 6 !== 1) return undefined;
    const { n, sizesAt, tableBytes, targetBytes, outputBytes } = this.#branchNode(address);
    return this.#number(sizesAt - tableBytes - n - n * targetBytes - n * outputBytes - outputBytes, outputBytes);
  }

  #resolve({ end, delta, output }: { end: number; delta: number; output: number }): Transition {
    return { target: delta === 0 ? LEAF : end - delta, output };
  }

  #byte(at: number): number {
    if (at < HEADER_BYTES || at >= this.#bytes.length - FOOTER_BYTES)
      throw corrupt("a token set points out of its nodes");
    return this.#bytes[at] as number;
  }

  #number(at: number, width: number): number {
    let value = 0;
    for (let i = width - 1; i >= 0; i--) value = value * 256 + this.#byte(at + i);
    if (value > Number.MAX_SAFE_INTEGER) throw corrupt("a token set has a number out of range");
    return value;
  }
}
