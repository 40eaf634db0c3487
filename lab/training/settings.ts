/**
 * Every number of the pipeline, in one place. A stage's output is kept as long as the settings it reads are the same, so
 * they are grouped by stage. Changing a rule in code without changing a setting: raise the stage's `rules`.
 */

/** What a pair came from. The order is kept in files: add at the end. */
export const KINDS = [
  "doc",
  "inline",
  "name",
  "test",
  "tested",
  "section",
  "commit",
  "file",
  "path",
  "neighbour",
] as const;
export type Kind = (typeof KINDS)[number];

export const EXTRACT = {
  rules: 2,
  /** Files of one repository that are looked at; a seeded choice where there are more. */
  maxFiles: 3000,
  maxFileBytes: 250_000,
  /** Commits that are looked at, from the newest on. */
  maxCommits: 3000,
  /** Characters of a commit's hunks. */
  maxHunkChars: 1500,
};

export const PREPARE = {
  rules: 1,
  seed: 3,
  /** Pairs of one repository, all kinds together. */
  perRepository: 8000,
  /** Pairs of one repository and kind. */
  perKind: {
    doc: 5000, inline: 2000, name: 1200, test: 800, tested: 600, section: 1000, commit: 2500, file: 800, path: 200, neighbour: 300,
  } satisfies Record<Kind, number>, // prettier-ignore
  /** Share of the questions that get words around them, as people put them. */
  asked: 0.15,
  /** Share of the doc pairs whose chunk is shown without the symbol: questions rarely repeat a name. */
  nameless: 0.3,
};

export const ENCODE = { rules: 1, shortQuery: 48, longQuery: 128, document: 224 };

export const TRAIN = {
  rules: 1,
  dim: 384,
  batch: 2048,
  /** Neighbours in a batch that come from one repository: they are each other's hard negatives. */
  group: 512,
  epochs: 1,
  learningRate: 0.02,
  warmup: 50,
  /** Learning rate of the token weights, of the position weights, and of the logarithm of the temperature. */
  tokenRate: 0.01,
  positionRate: 0.01,
  temperatureRate: 0.002,
  temperature: 0.05,
  /** Vectors cut to these lengths must answer too. */
  matryoshka: [384, 192, 96],
  /** Share of the document's pieces left out, of its first line (path and symbol), and of the query's where it has over three. */
  dropDocument: 0.1,
  dropHead: 0.1,
  dropQuery: 0,
  /** Share of the pairs whose question is the whole comment and not its first sentence. */
  longQueries: 0.3,
  documentPieces: 192,
  initialDeviation: 0.1,
  /** Share of the first vector that words of one stem have in common. */
  sharedStem: 0.5,
  /** Token weights start at log(a / (a + share of the token)). */
  rareness: 1e-3,
  /** Runs that are averaged; they share the first table and differ in order. */
  runs: 3,
  seed: 1,
};

export type TrainSettings = typeof TRAIN;
