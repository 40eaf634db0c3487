import { describe, expect, test } from "bun:test";
import { RepobaseError } from "../../src/protocol/errors.ts";
import type { ErrorCode } from "../../src/protocol/errors.ts";
import type { IndexView } from "../../src/search/index-view.ts";
import { openViews } from "../../src/search/open-views.ts";

/** A repository whose name is an error's code fails with it, `-later` after the others. */
function opener() {
  const begun: string[] = [];
  let under = 0;
  let most = 0;
  const open = async (repo: string): Promise<IndexView[]> => {
    begun.push(repo);
    most = Math.max(most, ++under);
    await Bun.sleep(repo.endsWith("-later") ? 5 : 0);
    under--;
    const code = repo.replace("-later", "");
    if (code.includes("_")) throw new RepobaseError(code as ErrorCode, `${repo} failed`);
    return [{ repoId: repo } as IndexView];
  };
  return { open, begun, most: () => most };
}

const ids = (views: readonly IndexView[]) => views.map(({ repoId }) => repoId);

describe("openViews", () => {
  test("a few at a time, in the order of the repositories", async () => {
    const repos = Array.from({ length: 20 }, (_, i) => (i % 3 === 0 ? `r${i}-later` : `r${i}`));
    const { open, most } = opener();
    const { views, warnings } = await openViews({ repos, open, leaveOut: [] });
    expect(ids(views)).toEqual(repos);
    expect(warnings).toEqual([]);
    expect(most()).toBeGreaterThan(1);
    expect(most()).toBeLessThanOrEqual(6);
  });

  test("what may be left out is named in a warning, unless nothing else is there", async () => {
    const leaveOut: ErrorCode[] = ["ref_not_found", "unsupported_format"];
    const repos = ["a", "ref_not_found-later", "b", "unsupported_format"];
    const found = await openViews({ repos, open: opener().open, leaveOut });
    expect(ids(found.views)).toEqual(["a", "b"]);
    expect(found.warnings).toEqual([
      "not searched: ref_not_found-later failed",
      "not searched: unsupported_format failed",
    ]);
    const none = openViews({ repos: [repos[1] ?? "", repos[3] ?? ""], open: opener().open, leaveOut });
    await expect(none).rejects.toMatchObject({ code: "ref_not_found" });
  });

  test("of several failures the first in order is thrown, however fast it was, and nothing more is begun", async () => {
    const { open, begun } = opener();
    const later = Array.from({ length: 30 }, (_, i) => `r${i}`);
    const repos = ["a", "corrupt_index-later", "repo_not_found", ...later];
    await expect(openViews({ repos, open, leaveOut: [] })).rejects.toMatchObject({ code: "corrupt_index" });
    expect(begun.length).toBeLessThan(20);
    await expect(openViews({ repos: ["a", "repo_not_found"], open, leaveOut: [] })).rejects.toMatchObject({
      code: "repo_not_found",
    });
  });
});
