/** All pairs of one clone at one commit. */
import { chunkFile } from "../../../src/chunk/chunk-file.ts";
import { languageOf } from "../../../src/chunk/language-of.ts";
import { DEFAULT_LIMITS, selectContent } from "../../../src/source/select-file.ts";
import type { SyntaxParser } from "../../../src/chunk/syntax-parser.ts";
import { readBlob } from "../../../src/git/objects/read-blob.ts";
import { readTree } from "../../../src/git/objects/read-tree.ts";
import { openRepository } from "../../../src/git/objects/repository.ts";
import type { Source } from "../repositories.ts";
import { seededRandom } from "../random.ts";
import { EXTRACT } from "../settings.ts";
import { type CodeFile, codePairs } from "./code-pairs.ts";
import { commitPairs } from "./commit-pairs.ts";
import type { Pair } from "./pair.ts";
import { sectionPairs } from "./section-pairs.ts";
import { isDocument, isLearnable } from "./select-files.ts";
import { testedPairs } from "./tested-pairs.ts";
import { asciiShare } from "./words.ts";

/** Lines longer than this on average are data. */
const MAX_MEAN_LINE = 140;

export async function extractRepository(
  source: Pick<Source, "repo" | "gitdir" | "commit">,
  parser: SyntaxParser,
): Promise<Pair[]> {
  const repository = openRepository(source.gitdir, {});
  try {
    const entries = readTree(repository, source.commit).filter(({ path }) => isLearnable(path));
    const chosen = seededRandom("files", source.repo).shuffle(entries).slice(0, EXTRACT.maxFiles);
    const pairs: Pair[] = [];
    const code: CodeFile[] = [];
    for (const { path, blob } of chosen) {
      // a snapshot may list its largest files without having them
      if (!repository.objects.has(blob)) continue;
      const bytes = readBlob(repository, blob);
      const selected = selectContent(path, bytes, {
        ...DEFAULT_LIMITS,
        secrets: "skip",
        maxFileBytes: EXTRACT.maxFileBytes,
      });
      const text = "text" in selected ? selected.text.replaceAll("\r\n", "\n") : "";
      if (text === "" || asciiShare(text.slice(0, 3000)) < 0.9) continue;
      const lines = text.split("\n");
      if (!isDocument(path) && text.length / lines.length > MAX_MEAN_LINE) continue;
      const chunks = await chunkFile({ path, text }, parser);
      if (isDocument(path)) pairs.push(...sectionPairs(path, chunks));
      else {
        const file = { path, language: languageOf(path).name, lines, chunks };
        pairs.push(...codePairs(file));
        code.push(file);
      }
    }
    return [...pairs, ...testedPairs(code), ...commitPairs(repository, source.commit)];
  } finally {
    repository.objects.close();
  }
}
