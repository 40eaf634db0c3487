/** The work of `repobase cat-manifest`. Words: a repository, perhaps the manifest's sha256. */
import { catManifest } from "../../plumbing/cat-manifest.ts";
import { readRef } from "../../plumbing/read-ref.ts";
import { sideOf } from "../../porcelain/sync/side-of.ts";
import { canonicalJson } from "../../protocol/canonical-json.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import type { DirectInput } from "./direct-input.ts";

export const catLocalManifest = (input: DirectInput): Promise<void> => catManifestFrom(input);

/** @param remote absent: what is here */
export async function catManifestFrom({ words, report, home }: DirectInput, remote?: ObjectStore): Promise<void> {
  const opened = await home();
  const { id } = sideOf(opened, words[0] ?? "");
  const from = remote ?? opened.store;
  const sha256 = words[1] ?? (await readRef({ from, repo: id }))?.ref.manifest;
  if (sha256 === undefined)
    throw new RepobaseError("repo_not_found", `there is no ref of "${id}" ${remote ? "in the cloud" : "here"}`);
  const manifest = await catManifest({ from, repo: id, sha256 });
  if (manifest === undefined) throw new RepobaseError("not_found", `there is no manifest ${sha256} of "${id}"`);
  report.raw(`${canonicalJson(manifest)}\n`);
}
