/** One pair as the extract stage leaves it: what is asked, and the piece of a repository that answers. */
import type { Kind } from "../settings.ts";

export interface Pair {
  readonly kind: Kind;
  /** The whole description; its first sentence is the short question. */
  readonly query: string;
  /** The first line of the passage: path, symbol. Empty path: the passage has no such line (`path` pairs would give it away). */
  readonly path: string;
  readonly symbol: string | null;
  readonly contents: string;
}
