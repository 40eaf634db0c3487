/** The numbered sources of one answer: what a `[n]` may stand for, and what it stands for. */
import { citedNumbers } from "../protocol/citations.ts";
import type { ChatSource, Citation } from "../protocol/chat-api.ts";

export type NewSource = Omit<ChatSource, "n">;

/** More are not numbered. */
const MAX_SOURCES = 60;

export class NumberedSources {
  readonly #sources: ChatSource[] = [];

  get all(): readonly ChatSource[] {
    return this.#sources;
  }

  /** @returns with its number; lines that are there already keep theirs. undefined: there are too many */
  add(source: NewSource): { readonly source: ChatSource; readonly isNew: boolean } | undefined {
    const known = this.#sources.find((each) => holds(each, source));
    if (known) return { source: known, isNew: false };
    if (this.#sources.length >= MAX_SOURCES) return undefined;
    const added = { n: this.#sources.length + 1, ...source };
    this.#sources.push(added);
    return { source: added, isNew: true };
  }

  /** What an answer cites. */
  resolve(answer: string): { readonly citations: readonly Citation[]; readonly unknown: readonly number[] } {
    const citations: Citation[] = [];
    const unknown: number[] = [];
    for (const n of citedNumbers(answer)) {
      const source = this.#sources[n - 1];
      if (source === undefined) unknown.push(n);
      else citations.push(placeOf(source));
    }
    return { citations, unknown };
  }
}

const placeOf = ({ n, repo, repoId, commit, path, startLine, endLine }: ChatSource): Citation => ({
  n,
  repo,
  repoId,
  commit,
  path,
  startLine,
  endLine,
});

const holds = (known: ChatSource, source: NewSource): boolean =>
  known.repoId === source.repoId &&
  known.commit === source.commit &&
  known.path === source.path &&
  known.startLine <= source.startLine &&
  known.endLine >= source.endLine;
