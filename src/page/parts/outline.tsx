/** The symbols of a file, each a link to its line. */
import { ask } from "../api.ts";
import { browsePath, OUTLINE } from "../browse-answers.ts";
import type { Permalink } from "../permalink.ts";
import { addressOf } from "../router.ts";
import { useLoad } from "../use-load.ts";

/** @param commit that `at` was read from */
export function OutlineList({ at, commit, open }: { at: Permalink; commit: string; open: boolean }) {
  const path = browsePath(at.repo, "outline", { path: at.path, ref: commit });
  // colours, folds and outline are extras: a file without them is a file
  const { value } = useLoad(path, (signal) => ask({ path, type: OUTLINE, signal }));
  const symbols = value?.symbols ?? [];
  if (symbols.length === 0) return null;
  return (
    <details class="outline" open={open}>
      <summary>Outline</summary>
      <nav aria-label="Outline">
        <ul>
          {symbols.map(({ name, kind, startLine, depth }) => (
            <li key={startLine} class={`depth-${Math.min(depth, 4)}`}>
              <a href={addressOf({ view: "file", at: { ...at, lines: { from: startLine, to: startLine } } })}>
                {name}
                {kind === null ? null : <span class="quiet"> {kind}</span>}
              </a>
            </li>
          ))}
        </ul>
      </nav>
    </details>
  );
}
