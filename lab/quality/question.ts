/**
 * What the development sets are made of, on disk: `<out>/questions.jsonl` and `<out>/trees/<tree>` (small git
 * repositories). They are cut from public snapshots and stay outside the checkout.
 */
import { join } from "node:path";

/**
 * semble: its development half. stripped: doc comment less the words of its names -> file, doc comments deleted.
 * source: the same questions on the same tree without its prose and tests. function: doc comment -> function, doc comments deleted. commit: message -> files changed. section: heading -> section.
 * untitled: the same with the heading deleted. quoted: doc comment -> function, doc comments in place.
 * phrase: quoted, in quotes. path: last folder and name -> file.
 */
export const SETS = [
  "semble",
  "stripped",
  "source",
  "function",
  "commit",
  "section",
  "untitled",
  "quoted",
  "phrase",
  "path",
] as const;
export type SetName = (typeof SETS)[number];

/** A file; with lines (from 1, both ends included) the part of it that answers. */
export interface Answer {
  readonly path: string;
  readonly lines?: readonly [start: number, end: number];
}

export interface Question {
  readonly set: SetName;
  /** Means are taken over these. */
  readonly repo: string;
  /** Folder below `trees/`, and the name it is indexed by. */
  readonly tree: string;
  readonly language: string;
  readonly category: string;
  /** One line. */
  readonly q: string;
  /** Any order, none twice. */
  readonly answers: readonly Answer[];
}

export async function readQuestions(out: string): Promise<Question[]> {
  const text = await Bun.file(join(out, "questions.jsonl")).text();
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Question);
}

export async function writeQuestions(out: string, questions: readonly Question[]): Promise<void> {
  await Bun.write(join(out, "questions.jsonl"), questions.map((question) => `${JSON.stringify(question)}\n`).join(""));
}
