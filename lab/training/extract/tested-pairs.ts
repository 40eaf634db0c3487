/**
 * Titles of tests as questions about the code they test: the chunk of the file of the same name that shares most words with the
 * title answers, where one stands out. Such titles are the nearest thing in a repository to a user's own words.
 */
import type { Chunk } from "../../../src/chunk/chunk.ts";
import { type CodeFile, isTestPath, testTitle } from "./code-pairs.ts";
import { definitionName } from "./definition-name.ts";
import type { Pair } from "./pair.ts";
import { countWords, spokenName } from "./words.ts";

/** Words of a title that its answer must hold, of three letters and more. */
const MIN_SHARED = 2;

export function testedPairs(files: readonly CodeFile[]): Pair[] {
  const byName = new Map<string, CodeFile | null>();
  for (const file of files)
    if (!isTestPath(file.path)) byName.set(bareName(file.path), byName.has(bareName(file.path)) ? null : file);
  return files
    .filter(({ path }) => isTestPath(path))
    .flatMap((test) => {
      const tested = byName.get(bareName(test.path));
      if (!tested) return [];
      const chunks = tested.chunks.map((chunk) => ({ chunk, words: new Set(spokenName(chunk.contents).split(" ")) }));
      return test.lines.flatMap((line): Pair[] => {
        const query = titleOf(line);
        const chunk = query === null ? null : bestChunk(query, chunks);
        return query === null || chunk === null
          ? []
          : [{ kind: "tested", query, path: tested.path, symbol: chunk.symbol, contents: chunk.contents }];
      });
    });
}

function titleOf(line: string): string | null {
  const title = testTitle(line) ?? spokenName(/^test_?(.+)/i.exec(definitionName(line) ?? "")?.[1] ?? "");
  return countWords(title) >= 3 ? title : null;
}

function bestChunk(title: string, chunks: readonly { chunk: Chunk; words: ReadonlySet<string> }[]): Chunk | null {
  const asked = new Set(
    spokenName(title)
      .split(" ")
      .filter((word) => word.length > 2),
  );
  const scored = chunks.map(({ chunk, words }) => ({
    chunk,
    shared: [...asked].filter((word) => words.has(word)).length,
  }));
  scored.sort((a, b) => b.shared - a.shared);
  const [best, second] = scored;
  return best !== undefined && best.shared >= MIN_SHARED && best.shared > (second?.shared ?? 0) ? best.chunk : null;
}

/** `src/http/router.test.ts`, `RouterTest.java` and `test_router.py` -> `router` */
const bareName = (path: string): string =>
  (path.split("/").at(-1) ?? "")
    .toLowerCase()
    .replace(/(?:\.\w+)+$/, "")
    .replace(/^tests?_|_?(?:tests?|spec)$/g, "");
