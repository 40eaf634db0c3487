/** What a search admits beside what the commit sees. */
export interface RowFilter {
  /** null: every path. */
  readonly matchesPath: ((path: string) => boolean) | null;
  /** Lower case; null: every language. */
  readonly language: string | null;
}
