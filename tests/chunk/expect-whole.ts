import { expect } from "bun:test";
import { encodeFileText } from "../../src/text/file-text.ts";
import type { Chunk } from "../../src/chunk/chunk.ts";

/** What holds of the chunks of every file. */
export function expectWhole(chunks: readonly Chunk[], bytes: Uint8Array): void {
  const text = chunks.map((chunk) => chunk.contents).join("");
  expect(Buffer.from(encodeFileText(text)).equals(Buffer.from(bytes))).toBe(true);
  let line = 1;
  for (const [i, chunk] of chunks.entries()) {
    const last = chunks[i - 1];
    const continues = last !== undefined && !last.contents.endsWith("\n"); // a piece of the same giant line
    expect(chunk.startLine).toBe(continues ? line - 1 : line);
    const newlines = chunk.contents.split("\n").length - 1;
    expect(chunk.endLine).toBe(chunk.startLine + newlines - (chunk.contents.endsWith("\n") ? 1 : 0));
    expect(Buffer.byteLength(chunk.contents)).toBeLessThan(32 * 1024);
    expect(chunk.contents.length).toBeGreaterThan(0);
    line = chunk.endLine + 1;
  }
}
