/** What a push is asked for and says, and what its steps hand to each other. */
import type { DroppedHead } from "../../plumbing/merge-ref.ts";
import type { StoredRef } from "../../plumbing/read-ref.ts";
import type { Manifest } from "../../protocol/manifest.ts";
import type { Ref } from "../../protocol/ref.ts";
import type { SyncInput } from "./sync-common.ts";

export interface PushInput extends SyncInput {
  /**
   * The branch whose head is to be as it is here, even where that moves it back. It also replaces an index of another model or
   * chunker, which else is refused with `remote_moved`.
   */
  readonly force?: { readonly branch: string } | undefined;
}

/** Whose index, of another model or chunker, was replaced. */
export interface Replaced {
  readonly device: string;
  readonly pushedAt: string;
  readonly commit: string | null;
  readonly manifest: string;
  /** Branches that went with it. */
  readonly branches: readonly string[];
}

/** A branch of which the two sides had different heads. */
export interface HeadMove {
  readonly branch: string;
  /** Commit. */
  readonly from: string;
  readonly to: string;
}

export interface PushResult {
  readonly repoId: string;
  /** Objects and snapshots that were sent. */
  readonly filesUploaded: number;
  /** Those that were there already. */
  readonly filesSkipped: number;
  readonly durationMs: number;
  /** Bodies of every request, manifest and ref too. */
  readonly bytesUploaded: number;
  readonly requests: number;
  /** Head of the remote's default branch now. */
  readonly commit: string | null;
  /** sha256 of the manifest the remote's ref names now. */
  readonly manifest: string;
  readonly replaced?: Replaced | undefined;
  /** The remote had all of ours before. */
  readonly upToDate: boolean;
  /** File versions that were put on top of another device's work. */
  readonly filesRebased: number;
  /** Objects that a purge left without a name in the cloud, and that were removed there. */
  readonly filesSwept: number;
  /** Branches that stay where they are in the cloud (`to`), which has our older or other head (`from`) already. */
  readonly headsKept: readonly HeadMove[];
  /** Branches that were moved, because it was asked, to a commit that the cloud had already. */
  readonly headsForced: readonly HeadMove[];
  /** Branches that one side had dropped: the cloud is without them now. */
  readonly headsPruned: readonly DroppedHead[];
  /** ISO 8601, of the remote's ref now. */
  readonly pushedAt: string;
}

/** What one push remembers from attempt to attempt. */
export interface State {
  /** What the remote's ref named when ours was last put on top of it: ours is made from that, whatever else is known of the past. */
  joined?: string;
  readonly sent: Set<string>;
  uploaded: number;
  rebased: number;
  /** The remote's own word on what it has turned out wrong: look at each object. */
  distrust: boolean;
}

export interface Done extends Pick<PushResult, "headsKept" | "headsForced" | "headsPruned" | "upToDate" | "replaced"> {
  readonly kind: "done";
  /** The remote's, now. */
  readonly ref: Ref;
  readonly objects: number;
  /** What that ref names. */
  readonly named: Manifest;
}

export type Outcome =
  | Done
  /** Somebody else was first, or the local index was changed on purpose: look again, at once or after a pause. */
  | { readonly kind: "again"; readonly pause: boolean };

export interface Sides {
  readonly input: PushInput;
  readonly state: State;
  readonly here: StoredRef;
  readonly there: StoredRef | undefined;
  readonly ours: Manifest;
  /** undefined: there is no ref, or nobody can read what it names. */
  readonly theirs: Manifest | undefined;
  readonly base: Ref | undefined;
}

export type Readable = Sides & { readonly there: StoredRef; readonly theirs: Manifest };
