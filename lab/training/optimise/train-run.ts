/** One run: an epoch or more over all pairs, from the first weights to learned ones. */
import { COLUMNS, type EncodedPairs } from "../encode.ts";
import { hash32 } from "../random.ts";
import type { TrainSettings } from "../settings.ts";
import { planBatches } from "./batches.ts";
import { ContrastiveLoss } from "./contrastive-loss.ts";
import { shareState, type SharedState, SLICES, SLOT, STEP, TASK } from "./shared-state.ts";
import { ThreadTeam } from "./thread-team.ts";
import { copyWeights, POSITIONS, type Weights } from "./weights.ts";

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;
/** The cosine's factor stays where exp() of a 32-bit float is exact enough. */
const MIN_LOG_SCALE = Math.log(5);
const MAX_LOG_SCALE = Math.log(60);
/** The learning rate ends at this share of its height. */
const LAST_RATE = 0.02;
const REPORT_EVERY = 25;

export interface TrainingRun {
  readonly pairs: EncodedPairs;
  readonly first: Weights;
  readonly settings: TrainSettings;
  /** Names the order of this run. */
  readonly run: number;
  readonly threads: number;
  readonly log: (line: string) => void;
}

/** @returns the learned weights and the loss of the last steps */
export async function trainRun({
  pairs,
  first,
  settings,
  run,
  threads,
  log,
}: TrainingRun): Promise<{ weights: Weights; loss: number }> {
  const weights = copyWeights(first);
  const state = shareState({ settings, pairs, weights });
  const { batch, dim, matryoshka, group, epochs, seed } = settings;
  const batches = Array.from({ length: epochs }, (_, epoch) =>
    planBatches({ pairs: pairs.pairs, batch, group, seed: `${seed} ${run} ${epoch}` }),
  ).flat();
  const objective = await ContrastiveLoss.open({ batch, dim, lengths: matryoshka }, threads);
  const team = await ThreadTeam.open(state, threads);
  const temperature = new ScalarAdam(Math.log(1 / settings.temperature));
  const positions = Array.from({ length: POSITIONS }, () => new ScalarAdam(0));
  const started = performance.now();
  let recent = 0;
  let loss = Number.NaN;
  try {
    for (const [at, pairNumbers] of batches.entries()) {
      const number = at + 1;
      const height = Math.min(1, number / settings.warmup) * Math.max(LAST_RATE, 1 - number / batches.length);
      beginStep(state, { number, height, seed: hash32(`${seed} ${run} ${number}`) });
      state.batch.set(pairNumbers);
      team.run(TASK.forward);
      const half = batch * dim;
      const result = await objective.run(
        state.texts.slice(0, half),
        state.texts.slice(half),
        Math.exp(temperature.value),
      );
      state.texts.set(result.dq, 0);
      state.texts.set(result.dt, half);
      temperature.step(result.dscale, settings.temperatureRate, number);
      temperature.value = Math.min(MAX_LOG_SCALE, Math.max(MIN_LOG_SCALE, temperature.value));
      team.run(TASK.positions);
      listUsers(state);
      team.run(TASK.update);
      positions.forEach((each, place) => {
        each.step(sumOfSlices(state, place), settings.positionRate * height, number);
        weights.positions[place] = (first.positions[place] as number) + each.value;
      });
      recent += result.loss;
      if (number % REPORT_EVERY === 0 || number === batches.length) {
        loss = recent / (((number - 1) % REPORT_EVERY) + 1);
        recent = 0;
        log(
          `  run ${run}: step ${number}/${batches.length}, loss ${loss.toFixed(3)}, scale ${Math.exp(temperature.value).toFixed(1)}, ${((performance.now() - started) / 1000).toFixed(0)} s`,
        );
      }
    }
  } finally {
    team.close();
    await objective.close();
  }
  return { weights, loss };
}

/** How often each piece occurs among all pieces, texts of both sides weighing alike. */
export function pieceShares({ pieces, pairs }: EncodedPairs, vocabulary: number): Float64Array {
  const sides = (["short", "document"] as const).map((side) => {
    const counts = new Float64Array(vocabulary);
    let total = 0;
    const column = COLUMNS.indexOf(side);
    for (let pair = 0; pair < pairs.length; pair += COLUMNS.length)
      for (let at = pairs[pair + column] as number; at < (pairs[pair + column + 1] as number); at++, total++) {
        const id = (pieces[at] as number) & 0xffff;
        counts[id] = (counts[id] as number) + 1;
      }
    return counts.map((count) => count / Math.max(1, total));
  });
  return Float64Array.from({ length: vocabulary }, (_, id) =>
    sides.reduce((sum, side) => sum + (side[id] as number) / 2, 0),
  );
}

function beginStep(
  { step, settings }: SharedState,
  { number, height, seed }: { number: number; height: number; seed: number },
): void {
  const correction = 1 - BETA1 ** number;
  step[STEP.number] = number;
  step[STEP.seed] = seed;
  step[STEP.tableRate] = (settings.learningRate * height) / correction;
  step[STEP.square] = 1 / (1 - BETA2 ** number);
  step[STEP.tokenRate] = (settings.tokenRate * height) / correction;
}

/** For each piece the texts that use it, in order: a counting sort. */
function listUsers({ settings, counts, ids, factors, starts, users, useFactors }: SharedState): void {
  starts.fill(0);
  const texts = 2 * settings.batch;
  const forEachPlace = (visit: (place: number, text: number) => void) => {
    for (let text = 0; text < texts; text++)
      for (let place = text * SLOT; place < text * SLOT + (counts[text] as number); place++) visit(place, text);
  };
  forEachPlace((place) => (starts[(ids[place] as number) + 1] = (starts[(ids[place] as number) + 1] as number) + 1));
  for (let id = 1; id < starts.length; id++) starts[id] = (starts[id] as number) + (starts[id - 1] as number);
  const next = starts.slice();
  forEachPlace((place, text) => {
    const at = next[ids[place] as number] as number;
    next[ids[place] as number] = at + 1;
    users[at] = text;
    useFactors[at] = factors[place] as number;
  });
}

function sumOfSlices({ positionGradients }: SharedState, place: number): number {
  let sum = 0;
  for (let slice = 0; slice < SLICES; slice++) sum += positionGradients[slice * POSITIONS + place] as number;
  return sum;
}

class ScalarAdam {
  private mean = 0;
  private power = 0;
  constructor(public value: number) {}

  step(gradient: number, rate: number, number: number): void {
    this.mean = BETA1 * this.mean + (1 - BETA1) * gradient;
    this.power = BETA2 * this.power + (1 - BETA2) * gradient * gradient;
    this.value -=
      ((rate / (1 - BETA1 ** number)) * this.mean) / (Math.sqrt(this.power / (1 - BETA2 ** number)) + EPSILON);
  }
}
