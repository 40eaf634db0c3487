/** What a search asks and answers: the same shapes in the engine, in `--json` and over HTTP. */
import { array, exactOptional, nullable, number, picklist, record, tuple } from "valibot";
import { count, type DocumentType, fields, text, yesNo } from "./decode.ts";

export const SEARCH_MODES = ["keyword", "semantic", "hybrid"] as const;
export type SearchMode = (typeof SEARCH_MODES)[number];
export const MAX_LIMIT = 100;
export const DEFAULT_LIMIT = 10;
/** Longest query in characters; a longer one is a mistake (a pasted file), not a question. */
export const MAX_QUERY = 4096;

export interface SearchRequest {
  readonly q: string;
  readonly mode: SearchMode;
  /** Files to return. */
  readonly limit: number;
  /** Repository ids; none: all. */
  readonly repos: readonly string[];
  /** Branch, commit, unique commit prefix (>= 4) or `worktree`; null: each repository's default. */
  readonly ref: string | null;
  /** Glob over paths. */
  readonly path: string | null;
  /** Language name, as in results. */
  readonly lang: string | null;
  /** The client's own query vector, for a model the server cannot run. */
  readonly vector: readonly number[] | null;
  /** The same by model id, where the repositories have several models; those of other models are ignored. */
  readonly vectors?: Readonly<Record<string, readonly number[]>>;
  /** Say with each result why it ranks where it does. */
  readonly explain?: boolean;
  /** Say what the search cost. */
  readonly stats?: boolean;
  /** Lines of code that a result shows at most, where the one who asks is in the same process. Absent: 10. */
  readonly snippetLines?: number;
}

export interface Snippet {
  readonly startLine: number;
  /** Lines joined by `\n`. */
  readonly text: string;
  /** [start, end) offsets into `text`, in UTF-16 units, ascending, not overlapping. */
  readonly highlights: readonly (readonly [number, number])[];
  /** The line that opens the enclosing definition, where it stands above those. */
  readonly definition?: { readonly line: number; readonly text: string };
}

export interface ChunkHit {
  readonly startLine: number;
  readonly endLine: number;
  readonly symbol: string | null;
  readonly score: number;
}

export const FOUND_BY = ["words", "definition", "meaning"] as const;
export type FoundBy = (typeof FOUND_BY)[number];

/** Why a file ranks where it does: its score is the sum of `keyword` to `coherence`, times `factor`. */
export interface RankExplanation {
  /** Which searches brought any of its chunks: by the query's words, as a definition of a name in it, by meaning. Absent: an older server. */
  readonly foundBy?: readonly FoundBy[];
  /** What the query was taken for. */
  readonly query: string;
  /** BM25 of its best chunk, as a share of what the query's words can give. */
  readonly keyword: number;
  /** Cosine of its best chunk, weighted. */
  readonly meaning: number;
  /** The query names the definition the chunk is of, or one that begins in it. */
  readonly definition: number;
  /** It holds the words of a query in quotes, in their order. */
  readonly phrase: number;
  /** The query names the file. */
  readonly path: number;
  /** Its other good chunks. */
  readonly coherence: number;
  /** What a file of its kinds is worth. */
  readonly factor: number;
  readonly kinds: readonly string[];
}

/** One file; its best chunk gives lines, symbol, score and snippet. Lines count from 1, both ends included. */
export interface SearchHit extends ChunkHit {
  readonly repoId: string;
  readonly path: string;
  readonly filename: string;
  readonly language: string;
  readonly snippet: Snippet;
  readonly commit: string;
  /** The file's other matching chunks, best first. */
  readonly chunks: readonly ChunkHit[];
  /** Where it was asked for. */
  readonly explain?: RankExplanation;
}

/** What a search does, in its order: opens the indexes, reads what may match, ranks it, shows the best. */
export const SEARCH_STAGES = ["open", "find", "rank", "show"] as const;
export type SearchStage = (typeof SEARCH_STAGES)[number];

/** What a search cost where it ran. */
export interface SearchStats {
  /** Requests to the store. */
  readonly reads: number;
  /** That came back. */
  readonly bytes: number;
  /** Reads that had to wait for one another: the longest chain. */
  readonly waves: number;
  /** Pieces of packs that were not read, because the process still had them. */
  readonly cacheHits: number;
  /** By the clock; on Cloudflare, whose clock stands still between reads, the time waited for them. */
  readonly ms: Readonly<Record<SearchStage, number>>;
}

/** A folder that is not as it was when it was indexed. */
export interface StaleFolder {
  readonly repoId: string;
  readonly folder: string;
  /** null: none. */
  readonly indexedCommit: string | null;
  /** What HEAD names now; null: no git, or no commits. */
  readonly headCommit: string | null;
  readonly changed: "commit" | "files";
}

/** Where the code of a repository comes from. */
export interface SourceLink {
  /** What people call it. */
  readonly name: string;
  /** Only http or https, without credentials, so good for a link; null: not known. */
  readonly url: string | null;
}

export interface SearchResponse {
  readonly mode: SearchMode;
  readonly results: readonly SearchHit[];
  /** What could not be done as asked, in sentences (a repository whose model is not at hand, say). */
  readonly warnings: readonly string[];
  /** Ids of the models that could not be run where the search ran; a client may ask again with their vectors. Absent: none. */
  readonly missingModels?: readonly string[];
  /** Some repositories could not be searched, and `errors` says which and why. Absent: all that were meant were. */
  readonly partial?: boolean;
  readonly errors?: readonly { readonly repoId: string; readonly code: string; readonly detail: string }[];
  /** By repository id, of those in `results`. Servers say so. */
  readonly sources?: Readonly<Record<string, SourceLink>>;
  /** Folders of this machine that changed since they were indexed. Absent: none, or the search ran elsewhere. */
  readonly stale?: readonly StaleFolder[];
  /** Where they were asked for. */
  readonly stats?: SearchStats;
}

const line = count;
const score = number("must be a number");
const chunk = { startLine: line, endLine: line, symbol: nullable(text), score };
const lists = "must be a list";

/** The answer of `POST /v1/search`. */
export const SEARCH_RESPONSE: DocumentType<SearchResponse> = {
  name: "answer",
  damaged: "transient",
  hint: "is this the address of a Repobase server?",
  schema: fields({
    mode: picklist(SEARCH_MODES, `must be one of ${SEARCH_MODES.join(", ")}`),
    results: array(
      fields({
        ...chunk,
        repoId: text,
        path: text,
        filename: text,
        language: text,
        snippet: fields({
          startLine: line,
          text,
          highlights: array(tuple([count, count], "must be a pair"), lists),
          definition: exactOptional(fields({ line, text })),
        }),
        commit: text,
        chunks: array(fields(chunk), lists),
        explain: exactOptional(
          fields({
            foundBy: exactOptional(array(picklist(FOUND_BY, `must be one of ${FOUND_BY.join(", ")}`), lists)),
            query: text,
            keyword: score,
            meaning: score,
            definition: score,
            phrase: score,
            path: score,
            coherence: score,
            factor: score,
            kinds: array(text, lists),
          }),
        ),
      }),
      lists,
    ),
    warnings: array(text, lists),
    missingModels: exactOptional(array(text, lists)),
    partial: exactOptional(yesNo),
    errors: exactOptional(array(fields({ repoId: text, code: text, detail: text }), lists)),
    stats: exactOptional(
      fields({
        reads: count,
        bytes: count,
        waves: count,
        cacheHits: count,
        ms: fields({ open: score, find: score, rank: score, show: score }),
      }),
    ),
    sources: exactOptional(record(text, fields({ name: text, url: nullable(text) }), "must be sources by repository")),
  }),
};
