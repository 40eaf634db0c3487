/** Each promise of docs/SYNC.md is shown by tests that name it in their titles: `S3: ...`, or `S1, S2: ...`. */
import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dir, "..");

/** Promise -> files with a test or a group of tests whose title begins with its name. */
function citations(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const path of readdirSync(import.meta.dir, { recursive: true, encoding: "utf8" })) {
    if (!path.endsWith(".test.ts")) continue;
    for (const [, names = ""] of readFileSync(join(import.meta.dir, path), "utf8").matchAll(/["'`]((?:S\d, )*S\d): /g))
      for (const name of names.split(", ")) found.set(name, (found.get(name) ?? new Set()).add(path));
  }
  return found;
}

test("every promise is cited by name, and none that is not made", () => {
  const made = Array.from(
    readFileSync(join(root, "docs/SYNC.md"), "utf8").matchAll(/^- \*\*(S\d)\*\*/gm),
    ([, name]) => name,
  );
  expect(made).toHaveLength(6);
  expect([...citations().keys()].sort()).toEqual(made.map(String).sort());
});
