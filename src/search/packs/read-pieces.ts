/** One wave of reads: pieces of several packs at once, the near ones of a pack in one request. */
import type { Part } from "../../pack/format.ts";
import type { SearchedPack } from "./searched-pack.ts";

export interface PackPiece {
  /** Place in the list of packs. */
  readonly pack: number;
  readonly part: Part;
}

/** The bytes of the pieces, in their order. */
export async function readPieces(
  packs: readonly SearchedPack[],
  pieces: readonly PackPiece[],
  signal?: AbortSignal,
): Promise<Uint8Array[]> {
  const out = pieces.map(() => new Uint8Array());
  await Promise.all(
    packs.map(async ({ source }, at) => {
      const places = pieces.flatMap(({ pack }, place) => (pack === at ? [place] : []));
      if (places.length === 0) return;
      const read = await source.read(
        places.map((place) => (pieces[place] as PackPiece).part),
        signal,
      );
      places.forEach((place, i) => (out[place] = read[i] as Uint8Array<ArrayBuffer>));
    }),
  );
  return out;
}
