/**
 * Finds every place of many keywords in one pass, without regard to case (Aho and Corasick's automaton as a table). States
 * are numbered so that those where a keyword ends come last: the loop does two look-ups and one comparison a character.
 */

export interface KeywordScan {
  /** Each keyword found, in order of their ends: its number, then the offset where it begins. */
  scan(text: string): readonly number[];
}

/** Folded and classed: keywords have few different characters, and all others are one. */
interface Table {
  /** Class of each byte; 0: in no keyword. */
  readonly classes: Uint8Array;
  /** How many classes there are. */
  readonly width: number;
  /** `next[state * width + class]` is the next state, times `width`. */
  readonly next: Uint32Array;
  /** The first state where a keyword ends, times `width`. */
  readonly firstEnd: number;
  /** Numbers of the keywords that end in a state, from that one on. */
  readonly ends: readonly (readonly number[])[];
}

/** @param keywords lower case ASCII, none twice */
export function makeKeywordScan(keywords: readonly string[]): KeywordScan {
  const table = buildTable(keywords);
  const lengths = keywords.map(({ length }) => length);
  let units = Buffer.alloc(64 * 1024);
  return {
    scan(text) {
      if (units.length < text.length) units = Buffer.alloc(text.length * 2);
      // of a character beyond Latin-1 this keeps the low byte: it may look like a letter, and then the rule says no
      const length = units.write(text, "latin1");
      const stops = stopsOf(table, units, length);
      const found: number[] = [];
      for (let at = 0; at < stops.length; at += 2) {
        const state = (stops[at] as number) - table.firstEnd;
        const end = stops[at + 1] as number;
        for (const keyword of table.ends[state / table.width] as readonly number[])
          found.push(keyword, end - (lengths[keyword] as number));
      }
      return found;
    },
  };
}

/** States where a keyword ends, each with the offset after it. Kept bare: it reads every character of every file. */
function stopsOf({ classes, next, firstEnd }: Table, units: Uint8Array, length: number): number[] {
  const stops: number[] = [];
  let state = 0;
  for (let at = 0; at < length; at++) {
    state = next[state + (classes[units[at] as number] as number)] as number;
    if (state >= firstEnd) stops.push(state, at + 1);
  }
  return stops;
}

interface State {
  readonly children: Map<number, number>;
  ends: number[];
}

function buildTable(keywords: readonly string[]): Table {
  const { classes, width } = classify(keywords);
  const trie = buildTrie(keywords, classes);
  const order = [0];
  // the state of its longest proper ending that begins a keyword too: where to go on when the keyword does not
  const fallbacks = [0];
  const rows: Uint32Array[] = [];
  for (const state of order) {
    const row = state === 0 ? new Uint32Array(width) : (rows[fallbacks[state] as number] as Uint32Array).slice();
    rows[state] = row;
    const { children, ends } = trie[state] as State;
    if (state !== 0) ends.push(...(trie[fallbacks[state] as number] as State).ends);
    for (const [step, child] of children) {
      fallbacks[child] = row[step] as number;
      row[step] = child;
      order.push(child);
    }
  }
  return number({ trie, order, rows, classes, width });
}

function number(of: {
  readonly trie: readonly State[];
  readonly order: readonly number[];
  readonly rows: readonly Uint32Array[];
  readonly classes: Uint8Array;
  readonly width: number;
}): Table {
  const { trie, order, rows, classes, width } = of;
  const endsIn = (state: number) => (trie[state] as State).ends;
  const quiet = order.filter((state) => endsIn(state).length === 0);
  const loud = order.filter((state) => endsIn(state).length > 0);
  const numberOf = new Uint32Array(order.length);
  [...quiet, ...loud].forEach((state, at) => (numberOf[state] = at));
  const next = new Uint32Array(order.length * width);
  for (const state of order) {
    const row = rows[state] as Uint32Array;
    const start = (numberOf[state] as number) * width;
    for (let step = 0; step < width; step++) next[start + step] = (numberOf[row[step] as number] as number) * width;
  }
  return { classes, width, next, firstEnd: quiet.length * width, ends: loud.map(endsIn) };
}

function classify(keywords: readonly string[]): Pick<Table, "classes" | "width"> {
  const classes = new Uint8Array(256);
  let width = 1;
  for (const char of new Set(keywords.join(""))) {
    classes[char.charCodeAt(0)] = width;
    classes[char.toUpperCase().charCodeAt(0)] = width++;
  }
  return { classes, width };
}

function buildTrie(keywords: readonly string[], classes: Uint8Array): State[] {
  const trie: State[] = [{ children: new Map(), ends: [] }];
  keywords.forEach((word, keyword) => {
    let state = 0;
    for (const char of word) {
      const step = classes[char.charCodeAt(0)] as number;
      let next = (trie[state] as State).children.get(step);
      if (next === undefined) {
        next = trie.push({ children: new Map(), ends: [] }) - 1;
        (trie[state] as State).children.set(step, next);
      }
      state = next;
    }
    (trie[state] as State).ends.push(keyword);
  });
  return trie;
}
