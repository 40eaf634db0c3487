/** The sets made of doc comments and headings of one tree, and the tree with both deleted. */
import { languageOf } from "../../src/chunk/language-of.ts";
import { decodeFileText } from "../../src/text/file-text.ts";
import { DOCUMENTED_LANGUAGES } from "./definition-lines.ts";
import { type DocComment, findDocComments, stripDocComments } from "./doc-comments.ts";
import { isAuthored, isTest } from "./paths.ts";
import type { Question } from "./question.ts";
import { type Random, sample } from "./random.ts";
import { findSections, type Section } from "./section-set.ts";
import { contentWordCount, firstSentence, namedWords, withoutWords } from "./sentences.ts";

/** A function asked for has this many lines, or this much in them; a question this many words that say something. */
const MIN_LINES = 3;
const MIN_CHARS = 90;
const MIN_WORDS = 3;

interface Source {
  readonly path: string;
  readonly language: string;
  readonly text: string;
  readonly docs: readonly DocComment[];
}

/** Names of the trees the questions are asked of. */
export interface Trees {
  readonly plain: string;
  readonly stripped: string;
  readonly source: string;
}

type Files = ReadonlyMap<string, Uint8Array | string>;

export interface DocSets {
  readonly questions: readonly Question[];
  readonly strippedTree: Files;
  readonly sourceTree: Files;
}

export function docSets(of: {
  files: ReadonlyMap<string, Buffer>;
  repo: string;
  language: string;
  trees: Trees;
  perSet: number;
  random: Random;
}): DocSets {
  const { files, repo, trees, perSet, random } = of;
  const strippedTree = new Map<string, Uint8Array | string>(files);
  const sources: Source[] = [];
  const sections: { path: string; section: Section }[] = [];
  for (const [path, bytes] of files) {
    const language = documentedLanguage(path);
    const prose = /\.(md|rst|markdown|mdx)$/.test(path);
    const text = language !== undefined || prose ? decodeFileText(bytes) : null;
    if (text === null) continue;
    if (prose && isAuthored(path)) for (const section of findSections(path, text)) sections.push({ path, section });
    if (language !== undefined) sources.push({ path, language, text, docs: findDocComments(text, language) });
  }
  const stripped = new Map(sources.map((source) => [source.path, stripDocComments(source.text, source.docs)]));
  for (const [path, { text }] of stripped) strippedTree.set(path, text);

  const base = { repo, language: of.language };
  const asked = unique(
    sources.filter(({ path }) => isAuthored(path) && !isTest(path)).flatMap(described),
    ({ q }) => q,
  );
  const withoutNames = unique(
    asked.flatMap((entry) => {
      const { name, types } = entry.definition;
      const words = namedWords([name, ...types, entry.path.slice(entry.path.lastIndexOf("/") + 1)]);
      const q = withoutWords(entry.q, words);
      return entry.definition.kind !== "value" && contentWordCount(q) >= MIN_WORDS ? [{ ...entry, q }] : [];
    }),
    ({ q }) => q,
  );
  const functions = asked.filter(
    ({ definition, chars }) =>
      definition.kind === "function" && (definition.end - definition.start + 1 >= MIN_LINES || chars >= MIN_CHARS),
  );
  const questions: Question[] = [];
  for (const { q, path, definition } of sample(withoutNames, perSet, random))
    for (const set of ["stripped", "source"] as const)
      questions.push({ ...base, set, tree: trees[set], category: definition.kind, q, answers: [{ path }] });
  for (const { q, path, definition, docStart } of sample(functions, perSet, random)) {
    const newLine = stripped.get(path)?.newLine;
    const lines = [(newLine?.[definition.start] ?? 0) + 1, (newLine?.[definition.end] ?? 0) + 1] as const;
    questions.push({
      ...base,
      set: "function",
      tree: trees.stripped,
      category: "function",
      q,
      answers: [{ path, lines }],
    });
    const whole = [Math.min(docStart, definition.start) + 1, definition.end + 1] as const;
    questions.push({
      ...base,
      set: "quoted",
      tree: trees.plain,
      category: "function",
      q,
      answers: [{ path, lines: whole }],
    });
  }
  questions.push(...sectionQuestions({ sections, strippedTree, base, trees, perSet, random }));
  const sourceTree = new Map(
    Array.from(strippedTree).filter(([path]) => documentedLanguage(path) !== undefined && !isTest(path)),
  );
  return { questions, strippedTree, sourceTree };
}

function sectionQuestions(of: {
  sections: readonly { path: string; section: Section }[];
  strippedTree: Map<string, Uint8Array | string>;
  base: { repo: string; language: string };
  trees: Trees;
  perSet: number;
  random: Random;
}): Question[] {
  const { base, trees } = of;
  const chosen = sample(
    unique(of.sections, ({ section }) => section.title),
    of.perSet,
    of.random,
  );
  return Array.from(Map.groupBy(chosen, ({ path }) => path)).flatMap(([path, inFile]) => {
    const text = of.strippedTree.get(path);
    const lines = (typeof text === "string" ? text : new TextDecoder().decode(text)).split("\n");
    const deleted = new Set(
      inFile.flatMap(
        ({
          section: {
            heading: [start, end],
          },
        }) => range(start, end),
      ),
    );
    of.strippedTree.set(path, lines.filter((_, i) => !deleted.has(i + 1)).join("\n"));
    const moved = (line: number) => line - range(1, line).filter((above) => deleted.has(above)).length;
    return inFile.flatMap(({ section: { title, heading, body } }): Question[] => [
      {
        ...base,
        set: "section",
        tree: trees.plain,
        category: "section",
        q: title,
        answers: [{ path, lines: [heading[0], body[1]] }],
      },
      {
        ...base,
        set: "untitled",
        tree: trees.stripped,
        category: "section",
        q: title,
        answers: [{ path, lines: [moved(body[0]), moved(body[1])] }],
      },
    ]);
  });
}

interface Described {
  readonly q: string;
  readonly path: string;
  readonly definition: NonNullable<DocComment["definition"]>;
  readonly docStart: number;
  readonly chars: number;
}

function described({ path, text, docs }: Source): Described[] {
  const lines = text.split("\n");
  return docs.flatMap(({ definition, text: comment, start }) => {
    const q = definition === null ? undefined : firstSentence(comment);
    if (q === undefined || definition === null) return [];
    return [
      {
        q,
        path,
        definition,
        docStart: start,
        chars: lines.slice(definition.start, definition.end + 1).join("\n").length,
      },
    ];
  });
}

function documentedLanguage(path: string): string | undefined {
  const { name } = languageOf(path);
  const language = name === "c" ? "cpp" : name;
  return DOCUMENTED_LANGUAGES.has(language) ? language : undefined;
}

/** Those whose key, but for case and punctuation, no other has. */
function unique<T>(items: readonly T[], key: (item: T) => string): T[] {
  const normal = (item: T) => key(item).toLowerCase().replace(/\W+/g, " ").trim();
  const counts = new Map<string, number>();
  for (const item of items) counts.set(normal(item), (counts.get(normal(item)) ?? 0) + 1);
  return items.filter((item) => counts.get(normal(item)) === 1);
}

const range = (first: number, last: number): number[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
