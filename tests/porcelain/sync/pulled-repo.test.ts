import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Home } from "../../../src/home/home.ts";
import type { RefSource } from "../../../src/protocol/ref.ts";
import { pulledRepo } from "../../../src/porcelain/sync/pulled-repo.ts";

const dir = mkdtempSync(join(tmpdir(), "repobase-pulled-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test("of a source that came from a bucket only a plain http URL is remembered", async () => {
  const home = Home.open({ REPOBASE_HOME: join(dir, "home") });
  const pulled = (source: RefSource) =>
    pulledRepo(home, "app-000000000000", {
      format: 1,
      manifest: "0".repeat(64),
      default: "main",
      heads: {},
      generation: 1,
      device: "d",
      pushedAt: "2026-01-01T00:00:00Z",
      source,
    });
  const remembered = async (url: string) => {
    const repo = await pulled({ name: "app", url });
    return repo.source.kind === "none" ? repo.source.url : "another kind";
  };
  expect(await remembered("https://me:hunter2@example.org/app")).toBe("https://example.org/app");
  for (const url of ["file:///etc", "ext::sh -c x", "ssh://-oProxyCommand=x/y", "--upload-pack=x"])
    expect(await remembered(url)).toBeNull();
  expect(await pulled({ name: "app", url: null })).not.toHaveProperty("only");
  expect(await pulled({ name: "app/src", url: null, only: "src" })).toMatchObject({ only: "src" });
});
