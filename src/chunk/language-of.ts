/**
 * Which language a path is written in, by file name alone: contents are never looked at, as the same path must give the
 * same answer before its blob is read.
 */
import { LANGUAGES } from "./languages/index.ts";
import { type Divide, type Grammar, words } from "./languages/language.ts";

/** At most one of `grammar` and `divide` is there; a file that has neither is chunked by lines. */
export interface FileLanguage {
  readonly name: string;
  readonly grammar: Grammar | null;
  readonly divide: Divide | null;
}

const PLAIN_TEXT: FileLanguage = { name: "text", grammar: null, divide: null };

const byExtension = new Map<string, FileLanguage>();
const byName = new Map<string, FileLanguage>();
for (const { name, files } of LANGUAGES)
  for (const { extensions, names, grammar = null, divide = null } of files) {
    const language: FileLanguage = { name, grammar, divide };
    for (const extension of words(extensions)) byExtension.set(extension, language);
    for (const fileName of words(names)) byName.set(fileName, language);
  }

/** By exact name, then by extension, then by the name before its first dot (`Dockerfile.dev`); `text` for the rest. */
export function languageOf(path: string): FileLanguage {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  const dot = name.lastIndexOf(".");
  const known = byName.get(name) ?? (dot > 0 ? byExtension.get(name.slice(dot + 1)) : undefined);
  if (known) return known;
  const first = name.indexOf(".", 1);
  return (first > 0 ? byName.get(name.slice(0, first)) : undefined) ?? PLAIN_TEXT;
}
