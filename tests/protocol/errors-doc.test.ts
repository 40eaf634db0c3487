import { expect, test } from "bun:test";
import { join } from "node:path";
import { ERROR_TABLE } from "../../src/protocol/errors.ts";

test("docs/ERRORS.md says every code with its numbers, and no others", async () => {
  const text = await Bun.file(join(import.meta.dir, "../../docs/ERRORS.md")).text();
  const documented = [...text.matchAll(/^\| `(\w+)` \| (\d+) \| (\d+) \|/gm)].map(([, code, http, exit]) => [
    code,
    Number(http),
    Number(exit),
  ]);
  const actual = Object.entries(ERROR_TABLE).map(([code, { http, exit }]) => [code, http, exit]);
  expect(documented.sort()).toEqual(actual.sort());
});
