/**
 * What a file is for, by its path: tests, examples, documents and other people's code repeat the words of the code they are
 * about, but are seldom what is looked for, unless the query asks for them.
 */
import type { QueryProfile } from "./query-profile.ts";
import { stemWord } from "./stem.ts";

const FILE_KINDS = ["test", "example", "vendored", "document"] as const;
export type FileKind = (typeof FILE_KINDS)[number];

/** Matched against the path in lower case. */
const FOLDERS: Record<FileKind, RegExp> = {
  test: /(^|\/)(tests?|specs?|__tests__|testing|testdata|test-d|e2e|__mocks__|mocks|fixtures?|testsuite|[a-z]*[-_]tests?)\//,
  example: /(^|\/)(examples?|samples?|demos?|benchmarks?|benches|bench|playground|sandbox|tutorials?)\//,
  vendored: /(^|\/)(vendor|vendored|_vendor|third[_-]?party|thirdparty|node_modules|deps|externals?|extern)\//,
  document: /(^|\/)docs?\/|\.(md|mdx|rst|txt|adoc|markdown)$/,
};
/** Matched against the path as it is: `commonTest/`, `HttpTests.swift`, but not `latest.ts`. */
const NAMES: Partial<Record<FileKind, RegExp>> = {
  test: /(^|\/)tests?[._-][^/]*$|[._-](tests?|spec|test-d)\.[^/]*$|[a-z0-9](Tests?|Spec)(\/|\.\w+$)/,
  example: /(^|[/_-])(benchmark|bench)\.\w+$/,
  vendored: /\.min\.\w+$/,
};
const ASKED_BY: Record<FileKind, readonly string[]> = {
  test: ["test", "spec", "fixture", "mock"],
  example: ["example", "sample", "demo", "benchmark"],
  vendored: ["vendor", "vendored"],
  document: ["doc", "documentation", "documents", "readme", "guide", "tutorial", "changelog"],
};
const ASKED_TERMS = new Map(FILE_KINDS.map((kind) => [kind, ASKED_BY[kind].map(stemWord)]));

/** The kinds a path is of; most are of none. */
export function fileKinds(path: string): FileKind[] {
  const lower = path.toLowerCase();
  return FILE_KINDS.filter((kind) => FOLDERS[kind].test(lower) || NAMES[kind]?.test(path));
}

/** Does the query ask for files of this kind? */
export const asksFor = (kind: FileKind, { words }: QueryProfile): boolean =>
  ASKED_TERMS.get(kind)?.some((term) => words.has(term)) ?? false;
