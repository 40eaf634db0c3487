/** What the threads of a training run share, and how it is laid out. Made once, handed to every thread as it is. */
import type { EncodedPairs } from "../encode.ts";
import { ENCODE, type TrainSettings } from "../settings.ts";
import { POSITIONS, sharedFloats, type Weights } from "./weights.ts";

export interface SharedState {
  readonly settings: TrainSettings;
  readonly pairs: EncodedPairs;
  readonly weights: Weights;
  /** Adam's means and squares, of the table and of the token weights. */
  readonly moments: {
    readonly table: Float32Array;
    readonly table2: Float32Array;
    readonly tokens: Float32Array;
    readonly tokens2: Float32Array;
  };
  /** Pair numbers of the batch. */
  readonly batch: Int32Array;
  /** The pieces each text of the batch kept: SLOT places a text, text = side * batch + row, side 0 the query. */
  readonly counts: Int32Array;
  readonly ids: Int32Array;
  readonly factors: Float32Array;
  readonly buckets: Uint8Array;
  /** Vectors of the texts before the loss, gradients after it. */
  readonly texts: Float32Array;
  /** Where each piece stands: `starts[id]` to `starts[id + 1]` in `users` (text) and `useFactors`. */
  readonly starts: Int32Array;
  readonly users: Int32Array;
  readonly useFactors: Float32Array;
  /** POSITIONS numbers for each slice of the `positions` task. */
  readonly positionGradients: Float64Array;
  /** [step, seed, learning rate / bias correction 1, 1 / bias correction 2, token rate likewise] */
  readonly step: Float64Array;
  readonly control: Int32Array;
}

/** Pieces of one text at most. */
export const SLOT = Math.max(ENCODE.longQuery, ENCODE.document);
/** Slices of any task: more than threads, so that a slow thread takes fewer; fixed, so that sums come out the same whoever makes them. */
export const SLICES = 64;

export const STEP = { number: 0, seed: 1, tableRate: 2, square: 3, tokenRate: 4, size: 5 } as const;
export const CONTROL = { round: 0, task: 1, next: 2, finished: 3, size: 4 } as const;
export const TASK = { forward: 0, positions: 1, update: 2, stop: 3 } as const;
export type Task = (typeof TASK)[keyof typeof TASK];

const ints = (length: number) => new Int32Array(new SharedArrayBuffer(length * 4));

export function shareState(of: { settings: TrainSettings; pairs: EncodedPairs; weights: Weights }): SharedState {
  const { batch, dim } = of.settings;
  const pieces = of.weights.tokens.length;
  const places = 2 * batch * SLOT;
  return {
    ...of,
    moments: {
      table: sharedFloats(pieces * dim),
      table2: sharedFloats(pieces * dim),
      tokens: sharedFloats(pieces),
      tokens2: sharedFloats(pieces),
    },
    batch: ints(batch),
    counts: ints(2 * batch),
    ids: ints(places),
    factors: sharedFloats(places),
    buckets: new Uint8Array(new SharedArrayBuffer(places)),
    texts: sharedFloats(2 * batch * dim),
    starts: ints(pieces + 1),
    users: ints(places),
    useFactors: sharedFloats(places),
    positionGradients: new Float64Array(new SharedArrayBuffer(8 * SLICES * POSITIONS)),
    step: new Float64Array(new SharedArrayBuffer(8 * STEP.size)),
    control: ints(CONTROL.size),
  };
}
