/**
 * The order in which pairs are learned. Groups of one repository fill a batch, so that the wrong answers of a question are
 * mostly of its own repository. No two pairs of a batch share their question or their answer: twins wait for the next batch,
 * as each would count as the other's wrong answer.
 */
import { COLUMNS } from "../encode.ts";
import { seededRandom } from "../random.ts";

export interface BatchPlan {
  /** Rows of `COLUMNS.length` numbers. */
  readonly pairs: Uint32Array;
  readonly batch: number;
  readonly group: number;
  readonly seed: string;
}

const REPOSITORY = COLUMNS.indexOf("repository");
const QUERY = COLUMNS.indexOf("queryHash");
const DOCUMENT = COLUMNS.indexOf("documentHash");

/** Full batches of pair numbers; what is left over at the end is left out. */
export function planBatches({ pairs, batch, group, seed }: BatchPlan): Int32Array[] {
  const random = seededRandom("order", seed);
  const value = (pair: number, column: number) => pairs[pair * COLUMNS.length + column] as number;
  const byRepository = new Map<number, number[]>();
  for (let pair = 0; pair < pairs.length / COLUMNS.length; pair++) {
    const repository = value(pair, REPOSITORY);
    const list = byRepository.get(repository);
    if (list === undefined) byRepository.set(repository, [pair]);
    else list.push(pair);
  }
  const groups = [...byRepository.values()].flatMap((list) => {
    random.shuffle(list);
    return Array.from({ length: Math.ceil(list.length / group) }, (_, at) => list.slice(at * group, (at + 1) * group));
  });
  const batches: Int32Array[] = [];
  let current: number[] = [];
  let later: number[] = [];
  let seen = new Set<number>();
  const take = (pair: number) => {
    // the two kinds of hash side by side in one set: 33 bits are exact in a number
    const query = value(pair, QUERY) * 2;
    const document = value(pair, DOCUMENT) * 2 + 1;
    if (seen.has(query) || seen.has(document)) {
      later.push(pair);
      return;
    }
    seen.add(query).add(document);
    current.push(pair);
    if (current.length < batch) return;
    batches.push(Int32Array.from(current));
    current = [];
    seen = new Set();
    const waiting = later;
    later = [];
    waiting.forEach(take);
  };
  random.shuffle(groups).forEach((each) => each.forEach(take));
  return batches;
}
