/**
 * A cache asked with a part of a text, without cutting the part out: of the words of a source nearly all have been seen
 * before, and making each a string of its own to ask an ordinary map takes twice as long. What it holds it may forget.
 */
interface Entry<V> {
  readonly key: string;
  readonly value: V;
}

/** Places a key may have, one after the other: a text full of chosen words cannot make a look-up longer. */
const PLACES = 4;

export class SliceCache<V> {
  private readonly entries: (Entry<V> | undefined)[];

  /** @param size a power of two */
  constructor(private readonly size: number) {
    // oxlint-disable-next-line unicorn/no-new-array -- the engine fills it at once; Array.from calls a function for each
    this.entries = new Array<Entry<V> | undefined>(size).fill(undefined);
  }

  /** The value of `text[start, end)`; undefined: not known, or forgotten. */
  get(text: string, start: number, end: number): V | undefined {
    const first = hashOf(text, start, end);
    for (let place = 0; place < PLACES; place++) {
      const entry = this.entries[(first + place) & (this.size - 1)];
      if (entry === undefined) return undefined;
      if (entry.key.length === end - start && isAt(entry.key, text, start)) return entry.value;
    }
    return undefined;
  }

  /** Where all its places are taken, the first one's entry is forgotten. */
  set(key: string, value: V): void {
    const first = hashOf(key, 0, key.length);
    let place = 0;
    while (place < PLACES && this.entries[(first + place) & (this.size - 1)] !== undefined) place++;
    this.entries[(first + (place % PLACES)) & (this.size - 1)] = { key, value };
  }
}

function hashOf(text: string, start: number, end: number): number {
  let hash = 0;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash ^ (hash >>> 15);
}

function isAt(key: string, text: string, start: number): boolean {
  for (let i = 0; i < key.length; i++) if (key.charCodeAt(i) !== text.charCodeAt(start + i)) return false;
  return true;
}
