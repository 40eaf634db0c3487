import { expect, test } from "bun:test";
import { isEmbedded } from "../src/embedded.ts";

test("paths and URLs inside the binary, of every system", () => {
  for (const inside of [
    "/$bunfs/root/repobase",
    "file:///$bunfs/root/repobase",
    "file:///%24bunfs/root/chunk-a1b2.js",
    "B:/~BUN/root/repobase.exe",
    "B:\\~BUN\\root\\libonnxruntime.dll",
    "file:///B:/~BUN/root/repobase.exe",
  ])
    expect(isEmbedded(inside)).toBe(true);
});

test("all other files are not", () => {
  for (const outside of [
    import.meta.url,
    import.meta.path,
    "/home/a/$bunfs/x.ts",
    "file:///srv/~BUN/x.ts",
    "C:/x/~BUN/y",
    "",
  ])
    expect(isEmbedded(outside)).toBe(false);
});
