/** The work of `repobase diff-manifest` between two manifests that are here. Words: a repository, our manifest's sha256, theirs. */
import { catManifest } from "../../plumbing/cat-manifest.ts";
import { diffManifest } from "../../plumbing/diff-manifest.ts";
import { formatDiff } from "../../plumbing/object-lines.ts";
import { sideOf } from "../../porcelain/sync/side-of.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import type { Manifest } from "../../protocol/manifest.ts";
import type { DirectInput } from "./direct-input.ts";

export async function diffLocalManifests(input: DirectInput): Promise<number> {
  const [name = "", ours, theirs] = input.words;
  const home = await input.home();
  const { id } = sideOf(home, name);
  if (ours === undefined || theirs === undefined)
    throw new RepobaseError("usage", "give --remote, or two manifests by their hashes");
  const read = async (sha256: string) => {
    const manifest = await catManifest({ from: home.store, repo: id, sha256 });
    if (manifest === undefined) throw new RepobaseError("not_found", `there is no manifest ${sha256} of "${id}"`);
    return manifest;
  };
  return emitDiff(input, { repo: id, ours: await read(ours), theirs: await read(theirs) });
}

/** @returns exit code: 0 the same, 1 different */
export function emitDiff(
  { report, nul }: Pick<DirectInput, "report" | "nul">,
  of: { readonly repo: string; readonly ours?: Manifest; readonly theirs?: Manifest },
): number {
  const diff = diffManifest(of);
  if (report.json) report.result(diff, "");
  else report.raw(formatDiff(diff, { nul }));
  return diff.same ? 0 : 1;
}
