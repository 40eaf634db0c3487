/** Stores a manifest at home, as the one writer of its repository. The ref is the caller's to move. */
import type { Home } from "../../home/home.ts";
import { writeManifest } from "../../plumbing/write-manifest.ts";
import type { Manifest } from "../../protocol/manifest.ts";
import { setVersionOf } from "../../table/set-version.ts";

/**
 * @param of.isPulled its objects are here, and it is about to be the local index: native LanceDB goes on from it too
 * @returns its name. @throws RepobaseError `busy` when another process works on the repository, `corrupt_index`
 */
export async function keepManifest(of: {
  readonly home: Home;
  readonly repo: string;
  readonly manifest: Manifest;
  readonly isPulled: boolean;
}): Promise<string> {
  const { home, repo, manifest } = of;
  const lock = await home.lock(`repo-${repo}`);
  try {
    const sha256 = await writeManifest({ to: home.store, repo, manifest });
    if (of.isPulled) await setVersionOf(manifest, home.store);
    return sha256;
  } finally {
    lock.release();
  }
}
