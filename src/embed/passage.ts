/**
 * The text a chunk is embedded as. The built-in model gives the first line far more weight than the rest, so the path
 * and the enclosing symbol stand there. Changing this changes every vector: it is part of what a model id means.
 */
export interface Passage {
  readonly path: string;
  /** Enclosing definition; null: none. */
  readonly symbol: string | null;
  readonly contents: string;
}

/** First line `path symbol`, then the contents. */
export function passageText({ path, symbol, contents }: Passage): string {
  return symbol === null ? `${path}\n${contents}` : `${path} ${symbol}\n${contents}`;
}
