/** Which files of a repository are worth learning from: written by its own people, in English, as source or document. */
import { languageOf } from "../../../src/chunk/language-of.ts";
import { skipByName } from "../../../src/source/select-file.ts";
import { hasComments } from "./find-comments.ts";

/** Other people's code, data of tests, translations, and what tools wrote. */
const FOREIGN =
  /(?:^|\/)(?:node_modules|vendor|third[_-]?party|3rdparty|external|deps|dist|build|out|target|bower_components|\.yarn|generated|gen|__snapshots__|fixtures?|testdata|test-data|_?locales?|i18n|translations?|migrations|snapshots?|golden|corpus|site-packages|Pods|Carthage|docs\/(?:zh|ja|ko|pt|es|fr|de|ru|it|tr|id|vi|uk|pl|fa|az|em|he|hu|yo|bn)[^/]*)\//i;
const FOREIGN_NAME =
  /(?:\.bundle\.|_generated|zz_generated|bindata|\.snap$|CHANGELOG|CHANGES|HISTORY|NEWS|LICEN[CS]E|COPYING|AUTHORS|CONTRIBUTORS|SECURITY|CODE_OF_CONDUCT|readme[._-](?:zh|cn|ja|jp|ko|kr|pt|es|fr|de|ru|it|tr|id|vi|uk|pl))[^/]*$/i;

export const isDocument = (path: string): boolean =>
  /^(?:markdown|restructuredtext|asciidoc)$/.test(languageOf(path).name);

export function isLearnable(path: string): boolean {
  if (skipByName(path, null) !== null || FOREIGN.test(path) || FOREIGN_NAME.test(path)) return false;
  return isDocument(path) || hasComments(languageOf(path).name);
}
