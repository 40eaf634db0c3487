/** Everything in a pack that a search may read, read: for those who ask whether an index is whole. */
import type { PackRef } from "../protocol/manifest.ts";
import { checkPiece } from "./checksum.ts";
import { corruptPack, withinPack } from "./corrupt-pack.ts";
import type { Part, PartName } from "./format.ts";
import { Pack } from "./pack.ts";
import { termsOfBucket } from "./term-lists.ts";

/**
 * @param bytes of the whole pack
 * @throws RepobaseError `corrupt_index` for a pack that is not what the manifest and its own checksums say
 */
export function checkPack(ref: PackRef, bytes: Uint8Array): void {
  withinPack(ref.path, () => {
    if (bytes.length !== ref.size || ref.root.offset + ref.root.length !== ref.size || ref.tables > ref.root.offset)
      throw corruptPack("its root lies elsewhere");
    const pack = Pack.open(ref, bytes.subarray(ref.tables));
    const { arrays, head } = pack.root;
    const cut = ({ offset, length }: Part) => bytes.subarray(offset, offset + length);
    const pieces = (name: PartName, offsets: Uint32Array) =>
      Array.from({ length: Math.max(0, offsets.length - 1) }, (_, at) => {
        const [from, to] = [offsets[at] as number, offsets[at + 1] as number];
        return checkPiece(cut({ offset: head.parts[name].offset + from, length: to - from }), name, at);
      });
    pack.blobs(cut(head.parts.blobs));
    pieces("long", arrays.longOffsets);
    for (const bucket of pieces("buckets", arrays.bucketOffsets)) for (const _ of termsOfBucket(bucket));
    arrays.clusterRows.forEach((_, at) => pack.cluster(at, cut(pack.clusterRange(at))));
    arrays.groupSizes.forEach((_, at) => pack.group(at, cut(pack.groupRange(at))));
    for (let file = 0; file < pack.files; file++) {
      pack.pathOf(file);
      pack.linesOf(file);
    }
  });
}
