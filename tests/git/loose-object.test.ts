import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { readLooseObject } from "../../src/git/objects/loose-object.ts";

test("objects of any size and content are read, however long the tables of their code are", () => {
  const dir = mkdtempSync(join(tmpdir(), "repobase-loose-"));
  try {
    const path = join(dir, "object");
    for (let length = 0; length < 6000; length += 149) {
      // words of many letters, unevenly spread: the code of the block has long tables
      const words = Array.from(
        { length: length >> 2 },
        (_, i) => `${Math.imul(i, 0x9e3779b1).toString(36)} {${"ÄßÇ~^"[i % 5]}`,
      );
      const content = Buffer.from(words.join("\n"));
      writeFileSync(path, deflateSync(Buffer.concat([Buffer.from(`blob ${content.length}\0`), content]), { level: 9 }));
      expect(readLooseObject(path, { id: "x", maxBytes: 1 << 20 }).bytes.equals(content)).toBe(true);
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
