/** The files that the documents for contributors send people to exist. */
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dir, "../..");
/** `src/a/b.ts`, `docs/X.md`, `tests/helpers/`; not patterns and not `<placeholders>`. */
const PATH = /`((?:src|scripts|tests|docs|worker|lab|benchmarks|fixtures)\/[\w./-]*)`/g;
const LINK = /\]\((?!https?:|#)([^)#]+)/g;

test.each(["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "SECURITY.md"])(
  "%s names no file that is gone",
  async (document) => {
    const text = await Bun.file(join(root, document)).text();
    const named = [PATH, LINK].flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1] ?? ""));
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  },
);
