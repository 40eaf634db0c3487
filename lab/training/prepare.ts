/**
 * The prepare stage: from all pairs to those that are learned from. Caps by repository and kind, the same question or answer at most
 * a few times over all, English only, nothing that holds a key or an address, nothing that a development tree holds too.
 */
import { join } from "node:path";
import { findSecrets } from "../../src/source/secrets/find-secrets.ts";
import type { Pair } from "./extract/pair.ts";
import { pairFile } from "./extract/extract.ts";
import { asciiShare, countWords, firstSentence } from "./extract/words.ts";
import { hash32, type Random, seededRandom } from "./random.ts";
import { type Kind, PREPARE } from "./settings.ts";
import { writeWhole } from "./stage.ts";

/** How often one question and one answer may occur in all repositories together. */
const SAME_QUERY = 2;
const SAME_CONTENTS = 3;

/** What is scarce and near to real questions comes first where a repository has too much. */
const RANK: Readonly<Record<Kind, number>> = {
  doc: 0, file: 0, tested: 0, section: 1, inline: 1, commit: 1, test: 2, name: 2, path: 3, neighbour: 3,
}; // prettier-ignore

export interface Prepared {
  readonly pairs: number;
  readonly byKind: Readonly<Partial<Record<Kind, number>>>;
  readonly byRepository: Readonly<Record<string, number>>;
  readonly dropped: Readonly<Record<string, number>>;
}

/** @param foreign hashes of texts that must not be learned (`contentHash`) */
export async function prepare(of: {
  repos: readonly string[];
  from: string;
  to: string;
  foreign: ReadonlySet<number>;
}): Promise<Prepared> {
  const filter = new PairFilter(of.foreign);
  const byKind: Partial<Record<Kind, number>> = {};
  const byRepository: Record<string, number> = {};
  for (const repo of of.repos) {
    const random = seededRandom(PREPARE.seed, repo);
    const lines = (await Bun.file(pairFile(of.from, repo)).text()).split("\n");
    const all = random.shuffle(lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Pair));
    const kept = cap(
      all.filter((pair) => filter.accepts(pair)),
      random,
    ).map((pair) => rephrase(scrub(pair), random));
    for (const { kind } of kept) byKind[kind] = (byKind[kind] ?? 0) + 1;
    byRepository[repo] = kept.length;
    await writeWhole(pairFile(of.to, repo), kept.map((pair) => `${JSON.stringify(pair)}\n`).join(""));
  }
  const pairs = Object.values(byRepository).reduce((sum, count) => sum + count, 0);
  const prepared = { pairs, byKind, byRepository, dropped: filter.dropped };
  await writeWhole(join(of.to, "summary.json"), JSON.stringify(prepared, null, 1));
  return prepared;
}

/** Drawn in the order given, which is a shuffled one. */
function cap(pairs: readonly Pair[], random: Random): Pair[] {
  const counts = new Map<Kind, number>();
  const perKind = pairs.filter(({ kind }) => {
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return count <= PREPARE.perKind[kind];
  });
  if (perKind.length <= PREPARE.perRepository) return perKind;
  const ranked = perKind.map((pair) => ({ pair, rank: RANK[pair.kind] + random.next() * 1.5 }));
  return ranked
    .sort((a, b) => a.rank - b.rank)
    .slice(0, PREPARE.perRepository)
    .map(({ pair }) => pair);
}

/** Letters and digits alone, so that white space and punctuation make no difference. */
export const contentHash = (text: string): number =>
  hash32(
    text
      .slice(0, 600)
      .toLowerCase()
      .replace(/[\W_]+/g, " ")
      .trim(),
  );

export class PairFilter {
  readonly dropped: Record<string, number> = {};
  private readonly queries = new Map<number, number>();
  private readonly contents = new Map<number, number>();

  constructor(private readonly foreign: ReadonlySet<number>) {}

  accepts(pair: Pair): boolean {
    const query = contentHash(pair.query);
    const contents = contentHash(pair.contents);
    const reason = this.reason(pair, query, contents);
    if (reason !== null) {
      this.dropped[reason] = (this.dropped[reason] ?? 0) + 1;
      return false;
    }
    this.queries.set(query, (this.queries.get(query) ?? 0) + 1);
    this.contents.set(contents, (this.contents.get(contents) ?? 0) + 1);
    return true;
  }

  private reason(pair: Pair, query: number, contents: number): string | null {
    if (this.foreign.has(contents)) return "development";
    if ((this.queries.get(query) ?? 0) >= SAME_QUERY) return "same question";
    if ((this.contents.get(contents) ?? 0) >= SAME_CONTENTS) return "same answer";
    if (asciiShare(pair.contents) < 0.9) return "not English";
    if (countWords(pair.contents) < 5) return "too short";
    if (
      (pair.kind === "doc" || pair.kind === "file") &&
      pair.query.length > 40 &&
      pair.contents.includes(pair.query.slice(0, 40))
    )
      return "answers itself";
    return [pair.contents, pair.query].some((text) => findSecrets({ path: pair.path, text }).length > 0)
      ? "secret"
      : null;
  }
}

const MAIL = /[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}/g;
const IP_ADDRESS = /\b(?:\d{1,3}\.){3}\d{1,3}\b/g;
/** Long runs of hexadecimal or base64 digits: hashes, keys, encoded data. None of it is a word. */
const DIGITS = /\b(?=[A-Za-z0-9+/]*\d)[A-Za-z0-9+/]{32,}={0,2}/g;

function scrub(pair: Pair): Pair {
  const clean = (text: string) =>
    text.replace(MAIL, "user@example.com").replace(IP_ADDRESS, "192.0.2.1").replace(DIGITS, "0");
  return { ...pair, query: clean(pair.query), contents: clean(pair.contents) };
}

/** What people put around what they look for. */
const FRAMES = [
  (q: string) => `how does ${q}`,
  (q: string) => `how is ${q}`,
  (q: string) => `where is ${q}`,
  (q: string) => `where are ${q} handled`,
  (q: string) => `what ${q}`,
  (q: string) => `how to ${q}`,
  (q: string) => `code that ${q}`,
  (q: string) => `function to ${q}`,
  (q: string) => `${q} implementation`,
  (q: string) => `find the code for ${q}`,
];
const UNFRAMED: ReadonlySet<Kind> = new Set<Kind>(["section", "neighbour", "path"]);

/** Some questions as people put them; some answers without the symbol, whose words the questions of users rarely repeat. */
function rephrase(pair: Pair, random: Random): Pair {
  const frame =
    random.next() < PREPARE.asked && !UNFRAMED.has(pair.kind)
      ? FRAMES[Math.floor(random.next() * FRAMES.length)]
      : undefined;
  const nameless = pair.kind === "doc" && random.next() < PREPARE.nameless;
  const short = firstSentence(pair.query);
  return {
    ...pair,
    query: frame === undefined ? pair.query : frame(short.charAt(0).toLowerCase() + short.slice(1).replace(/\.$/, "")),
    symbol: nameless ? null : pair.symbol,
  };
}
