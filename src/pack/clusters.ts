/** Clusters: rows that are alike, so that a search by meaning reads few. `u32 document x n, f32 factor x n, code x n, checksum`. */
import { asF32, asU32 } from "../lance/little-endian.ts";
import type { ByteOutput } from "./byte-output.ts";
import { corruptPack } from "./corrupt-pack.ts";
import { codeBytes } from "./vector-code.ts";

export interface Cluster {
  readonly docs: Uint32Array;
  readonly factors: Float32Array;
  readonly codes: Uint8Array;
}

/** Bytes of a cluster of `rows`, without its checksum. */
export const clusterBytes = (rows: number, dim: number): number => rows * (8 + codeBytes(dim));

export function putCluster(out: ByteOutput, { docs, factors, codes }: Cluster): void {
  for (let i = 0; i < docs.length; i++) out.u32(docs[i] as number);
  for (let i = 0; i < factors.length; i++) out.f32(factors[i] as number);
  out.push(codes);
}

/** @param of.total documents of the pack @throws RepobaseError `corrupt_index` */
export function readCluster(bytes: Uint8Array, of: { rows: number; dim: number; total: number }): Cluster {
  const { rows, dim, total } = of;
  if (bytes.length !== clusterBytes(rows, dim)) throw corruptPack("a cluster has another length");
  const docs = asU32(bytes.subarray(0, 4 * rows));
  for (let i = 0; i < docs.length; i++)
    if ((docs[i] as number) >= total) throw corruptPack("a cluster names a row that is not there");
  return { docs, factors: asF32(bytes.subarray(4 * rows, 8 * rows)), codes: bytes.subarray(8 * rows) };
}
