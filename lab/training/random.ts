/** Numbers drawn from a seed: the same seed gives the same run on every machine. */

export interface Random {
  /** In [0, 1). */
  next(): number;
  /** Mean 0, deviation 1. */
  normal(): number;
  /** In place, and returned. */
  shuffle<T>(items: T[]): T[];
}

/** Mulberry32: 32 bits of state are plenty for orders and first weights. Seeds of any text or number. */
export function seededRandom(...seed: readonly (string | number)[]): Random {
  let state = hash32(seed.join(" "));
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    shuffle: (items) => {
      for (let at = items.length - 1; at > 0; at--) {
        const other = Math.floor(next() * (at + 1));
        [items[at], items[other]] = [items[other] as (typeof items)[number], items[at] as (typeof items)[number]];
      }
      return items;
    },
  };
}

/** FNV-1a over UTF-16 units, mixed at the end so that similar texts give unlike numbers. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
