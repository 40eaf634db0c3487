/**
 * One flipped bit after the other, at random places of every kind of file, here and in the bucket: each search then gives the answers
 * of the undamaged index or an error that names the file and the command that repairs, and that command does. Used by a test, and for
 * longer by scripts/byte-flips.ts.
 */
import { DamagedIndex, type Side } from "./damaged-index.ts";

/** Kinds of files, and how many of a hundred flips each gets. */
const KINDS: Readonly<Record<Side, readonly (readonly [name: string, pattern: RegExp, share: number])[]>> = {
  local: [
    ["data files", /^index\/.*files\.lance\/data\//, 20],
    ["search packs", /^index\/.*files\.lance\/packs\//, 20],
    ["manifests", /^manifests\//, 4],
    ["snapshots", /^snapshots\//, 2],
    ["the ref", /^refs\//, 2],
    ["uncommitted work", /^index\/.*worktree\.lance\//, 4],
    ["uncommitted work's ref", /^worktrees\//, 1],
  ],
  remote: [
    ["data files", /^index\/.*files\.lance\/data\//, 20],
    ["search packs", /^index\/.*files\.lance\/packs\//, 20],
    ["manifests", /^manifests\//, 4],
    ["snapshots", /^snapshots\//, 3],
    ["the ref", /^refs\//, 2],
  ],
};

export interface Tally {
  flips: number;
  /** Searches that gave the undamaged answers: what was damaged was not read. */
  same: number;
  /** Searches that named the file and the command. */
  refused: number;
  /** What must not be, in words. */
  readonly wrong: string[];
}

/** @returns by side and kind */
export async function flipBytes(of: {
  readonly seed: number;
  readonly count: number;
  readonly onFlip?: (done: number) => void;
}): Promise<ReadonlyMap<string, Tally>> {
  const random = randomOf(of.seed);
  const index = await DamagedIndex.make({ uncommitted: true });
  const tallies = new Map<string, Tally>();
  try {
    const undamaged = {
      local: (await index.search("local")).answers ?? "",
      remote: (await index.search("remote")).answers ?? "",
    };
    for (let done = 1; done <= of.count; done++) {
      const side = random(2) === 0 ? "local" : "remote";
      const [kind, pattern] = pick(KINDS[side], random);
      const paths = (await index.files(side)).filter((path) => pattern.test(path));
      const path = paths[random(paths.length)];
      if (path === undefined) continue;
      const name = `${side}: ${kind}`;
      const tally = tallies.get(name) ?? { flips: 0, same: 0, refused: 0, wrong: [] };
      tallies.set(name, tally);
      await flipOne(index, { side, path, random, tally, undamaged: undamaged[side] });
      of.onFlip?.(done);
    }
    return tallies;
  } finally {
    await index.close();
  }
}

async function flipOne(
  index: DamagedIndex,
  of: { side: Side; path: string; random: (below: number) => number; tally: Tally; undamaged: string },
): Promise<void> {
  const { side, path, random, tally, undamaged } = of;
  tally.flips++;
  let place = 0;
  await index.flip(side, path, (size) => (place = random(size)));
  const wrong = (what: string) => void tally.wrong.push(`byte ${place} of ${path}: ${what}`);
  const found = await index.search(side);
  if (found.answers === undamaged) tally.same++;
  else if (found.answers !== undefined) wrong("the answers are others");
  else {
    tally.refused++;
    const command = `repobase repair ${side === "remote" ? "--remote " : ""}${index.repo}`;
    if (found.code !== 13 || found.error?.includes(command) !== true) wrong(`${found.code} ${found.error}`);
  }
  const repaired = await index.repair(side);
  if (repaired.code !== 0) wrong(`repair: ${repaired.code} ${repaired.stdout} ${repaired.stderr}`);
  const after = await index.search(side);
  if (after.answers !== undamaged) wrong(`after the repair: ${after.code} ${after.error ?? "other answers"}`);
}

function pick<T extends readonly [unknown, unknown, number]>(from: readonly T[], random: (below: number) => number): T {
  let left = random(from.reduce((sum, [, , share]) => sum + share, 0));
  for (const one of from) if ((left -= one[2]) < 0) return one;
  throw new Error("no kinds");
}

export function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) >>> 0;
    return Math.floor((((state ^ (state >>> 13)) >>> 0) / 2 ** 32) * below);
  };
}
