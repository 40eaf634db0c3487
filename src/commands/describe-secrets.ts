/** What `add` and `index` say about secrets: where they were, never what they were. */
import type { IndexResult } from "../porcelain/indexing/index-result.ts";
import { plural } from "../text/figures.ts";

/** Of each list; all of it is in `--json`. */
const SHOWN = 10;

export function describeSecrets({ repoId, redacted, exposed }: IndexResult): string[] {
  const places = redacted.flatMap(({ path, secrets }) =>
    secrets.length === 0 ? [`    ${path}`] : secrets.map(({ line, rule }) => `    ${path}:${line} ${rule}`),
  );
  const lines: string[] = [];
  if (places.length > 0)
    lines.push(
      `  secrets in ${plural(redacted.length, "file")} are covered with marks (--secrets skip|allow for another policy):`,
      ...shorten(places),
    );
  if (exposed.length > 0) {
    const paths = [...new Set(exposed.map(({ path }) => path))];
    lines.push(
      `  ${plural(exposed.length, "indexed file version")} of any commit ${exposed.length === 1 ? "holds" : "hold"} secrets in the clear, indexed by older rules or another policy.`,
      `  Take them out with: repobase purge ${repoId} <path>`,
      ...shorten(paths.map((path) => `    ${path}`)),
    );
  }
  return lines;
}

const shorten = (lines: readonly string[]): readonly string[] =>
  lines.length <= SHOWN ? lines : [...lines.slice(0, SHOWN), `    and ${lines.length - SHOWN} more`];
