/**
 * Makes one store's ref say what another's says: the manifest, and the branches merged. `update-ref` is this, towards the
 * remote or, with `--local`, towards the home.
 */
import { isRepobaseError, RepobaseError } from "../protocol/errors.ts";
import type { Manifest } from "../protocol/manifest.ts";
import type { Ref } from "../protocol/ref.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { catManifest } from "./cat-manifest.ts";
import { compareManifests, losesNothing } from "./compare-manifests.ts";
import { baseFor, syncedAt, updateLocalRef } from "./local-ref.ts";
import { mergeRef, nextRef, sameShown } from "./merge-ref.ts";
import { readRef, type StoredRef } from "./read-ref.ts";
import { updateRef } from "./update-ref.ts";

/**
 * @param of.spaceId the remote's identity, see `baseFor`
 * @param of.direction `push`: `from` is the home; a branch that moved on both sides goes to the side it comes from
 * @param of.expect what `to`'s ref must name now: a manifest, or null for no ref at all; undefined: whatever it does
 * @returns the ref `to` has now, and whether it had to be moved
 * @throws RepobaseError `ref_not_found` when `from` has no ref, `missing_objects` when `from` lost its manifest,
 *   `remote_moved` when `expect` does not hold or somebody moved the ref meanwhile, or, without `expect`, when `to` has what
 *   `from` lacks
 */
export async function forwardRef(of: {
  readonly from: ObjectStore;
  readonly to: ObjectStore;
  readonly repo: string;
  readonly direction: "push" | "pull";
  readonly spaceId: () => Promise<string | undefined>;
  readonly expect?: string | null;
  readonly device: string;
  /** ms since the epoch. */
  readonly now: number;
}): Promise<{ readonly ref: Ref; readonly moved: boolean }> {
  const { from, to, repo, direction, device, now } = of;
  const source = await sourceRef(from, repo);
  const target = await readRef({ from: to, repo });
  if (of.expect !== undefined && (target?.ref.manifest ?? null) !== of.expect)
    throw new RepobaseError(
      "remote_moved",
      `the ref of "${repo}" names ${target?.ref.manifest ?? "nothing"}, not ${of.expect ?? "nothing"}`,
    );
  const sha256 = source.ref.manifest;
  const manifest = await sourceManifest({ from, repo, sha256 });
  const replaced = await readable({ from: to, repo, ref: target?.ref, known: { sha256, manifest } });
  if (of.expect === undefined && replaced) refuseLoss(repo, { manifest, replaced });
  const push = direction === "push";
  const sides = push ? { here: source.ref, there: target?.ref } : { here: target?.ref, there: source.ref };
  const base = sides.there && (await baseFor({ here: sides.here, there: sides.there, spaceId: of.spaceId }));
  const shown = mergeRef({
    local: sides.here ?? source.ref,
    remote: sides.there,
    localManifest: push ? manifest : replaced,
    remoteManifest: push ? replaced : manifest,
    base,
    manifest,
    prefer: push ? "local" : "remote",
  });
  if (target?.ref.manifest === sha256 && sameShown(target.ref, shown)) return { ref: target.ref, moved: false };
  const ref = nextRef({ shown, manifest: sha256, before: target?.ref, device, now });
  const next = { to, repo, ref, expected: target };
  const moved = push
    ? await updateRef(next)
    : await updateLocalRef({ ...next, synced: await syncedAt(of, source.ref) });
  if (moved === undefined)
    throw new RepobaseError("remote_moved", `the ref of "${repo}" was moved meanwhile`, {
      hint: "compare again with: repobase diff-manifest",
      fields: { repo },
    });
  return { ref, moved: true };
}

async function sourceRef(from: ObjectStore, repo: string): Promise<StoredRef> {
  const source = await readRef({ from, repo });
  if (source !== undefined) return source;
  throw new RepobaseError("ref_not_found", `there is no ref of "${repo}" to go by`, { fields: { repo } });
}

async function sourceManifest(of: Parameters<typeof catManifest>[0]): Promise<Manifest> {
  const manifest = await catManifest(of);
  if (manifest !== undefined) return manifest;
  throw new RepobaseError("missing_objects", `the manifest ${of.sha256} of "${of.repo}" is missing`, {
    fields: { repo: of.repo },
  });
}

/** A step does not join two indexes: what one of them alone has would be gone from the other side. */
function refuseLoss(repo: string, of: { readonly manifest: Manifest; readonly replaced: Manifest }): void {
  if (losesNothing(of.manifest, of.replaced)) return;
  const relation = compareManifests(of.manifest, of.replaced);
  throw new RepobaseError("remote_moved", `the index of "${repo}" there has what the one to take its place lacks`, {
    hint: "repobase push and pull join them; --expect <the manifest that is there> replaces it",
    fields: { repo, relation },
  });
}

/** undefined: there is no ref, or the manifest it names is gone or damaged. */
async function readable(of: {
  readonly from: ObjectStore;
  readonly repo: string;
  readonly ref: Ref | undefined;
  readonly known: { readonly sha256: string; readonly manifest: Manifest };
}): Promise<Manifest | undefined> {
  if (of.ref === undefined) return undefined;
  if (of.ref.manifest === of.known.sha256) return of.known.manifest;
  try {
    return await catManifest({ from: of.from, repo: of.repo, sha256: of.ref.manifest });
  } catch (error) {
    if (isRepobaseError(error, "hash_mismatch", "corrupt_index", "missing_objects")) return undefined;
    throw error;
  }
}
