/** The entry in the configuration of a repository that came from the cloud. */
import type { RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import { BUILT_IN_MODEL, modelNameOf } from "../../models/models.ts";
import { catManifest } from "../../plumbing/cat-manifest.ts";
import type { Ref } from "../../protocol/ref.ts";
import { plainSourceUrl } from "../../protocol/source-url.ts";

/**
 * Registered by a pull: searchable, re-indexable where its URL is known, with the model it was made with (another one would
 * make another index of it). Not enabled: that it came from the cloud is no word of this machine's user to send anything there.
 */
export async function pulledRepo(home: Home, id: string, ref: Ref): Promise<RepoConfig> {
  const manifest = await catManifest({ from: home.store, repo: id, sha256: ref.manifest });
  return {
    id,
    name: ref.source.name,
    source: { kind: "none", url: plainSourceUrl(ref.source.url) },
    ...(ref.source.only !== undefined && { only: ref.source.only }),
    branch: null,
    model: manifest ? modelNameOf(manifest.model.id) : BUILT_IN_MODEL,
    lastIndexedCommit: null,
    cloudEnabled: false,
    lastPushedAt: null,
    lastPushedCommit: null,
  };
}
