/** A table of the search tests with search packs beside it: both engines over the same rows. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { fileDirectory } from "../../../src/bytes/file-source.ts";
import { coalescedDirectory } from "../../../src/bytes/coalesce.ts";
import type { PackRef } from "../../../src/protocol/manifest.ts";
import type { IndexView } from "../../../src/search/index-view.ts";
import { openPack } from "../../../src/search/packs/open-pack.ts";
import { seenRows } from "../../../src/search/packs/pack-rows.ts";
import { PackWriter, seedOf } from "../../../src/table/packs/pack-writer.ts";
import type { SourceText } from "../../helpers/fixture-sources.ts";
import { embedder, TestIndex, toBlock } from "../test-index.ts";

export class PackedIndex {
  readonly refs: PackRef[] = [];
  private constructor(
    readonly index: TestIndex,
    readonly folder: string,
  ) {}

  static async create(): Promise<PackedIndex> {
    return new PackedIndex(await TestIndex.create(), await mkdtemp(join(tmpdir(), "repobase-packs-")));
  }

  /** One fragment, and its pack. */
  async append(files: readonly SourceText[]): Promise<number[]> {
    const fileIds = await this.index.append(files);
    const block = await toBlock(files);
    const scratch = await mkdtemp(join(this.folder, "pack-"));
    const writer = new PackWriter({ scratch, dim: embedder.dim, seed: seedOf("0".repeat(32)) });
    writer.add(block, fileIds);
    const dataFiles = [{ path: `data/${this.refs.length}.lance`, rows: block.rows }];
    const made = writer.finish({ dataFiles, prefix: `${basename(scratch)}/` });
    if (made) this.refs.push({ ...made.ref, path: relative(this.folder, made.file) });
    return fileIds;
  }

  /** The same with packs. */
  async packed(view: IndexView, directory = fileDirectory(this.folder)): Promise<IndexView> {
    const files = coalescedDirectory(directory);
    const packs = await Promise.all(
      this.refs.map(async (ref) => {
        const open = await openPack(ref, files.open(ref.path, ref.size));
        return { ...open, seen: seenRows(open.pack, view.visible) };
      }),
    );
    return { ...view, packs };
  }

  async remove(): Promise<void> {
    await this.index.remove();
    await rm(this.folder, { recursive: true });
  }
}
