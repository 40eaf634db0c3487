/** The clusters of a pack, and what its root says of them. */
import { ByteOutput } from "../../pack/byte-output.ts";
import { checksumOf } from "../../pack/checksum.ts";
import { putCluster } from "../../pack/clusters.ts";
import { FLAT_ROWS, type RootArrays } from "../../pack/format.ts";
import { encodeVector } from "../../pack/vector-code.ts";
import { type Clusters, clusterRows, SPILL } from "./cluster-rows.ts";
import type { VectorCodes } from "./vector-codes.ts";

export type ClusterArrays = Pick<RootArrays, "centreCodes" | "centreFactors" | "clusterOffsets" | "clusterRows">;

export function writeClusters(codes: VectorCodes, write: (bytes: Uint8Array) => void): ClusterArrays {
  if (codes.rows === 0) return arraysOf({ codes, centres: [], sizes: [], offsets: [0] });
  const { centres, assigned } = codes.rows < FLAT_ROWS ? oneCluster(codes) : clusterRows(codes);
  const out = new ByteOutput();
  const offsets = [0];
  const sizes: number[] = [];
  for (const docs of rowsOfClusters(assigned, centres.length)) {
    const bytes = new Uint8Array(docs.length * codes.width);
    codes.gather(docs, new Uint32Array(bytes.buffer));
    out.clear();
    putCluster(out, { docs, factors: Float32Array.from(docs, (row) => codes.factor(row)), codes: bytes });
    out.u32(checksumOf(out.view(), "clusters", sizes.length));
    write(out.view());
    sizes.push(docs.length);
    offsets.push((offsets.at(-1) as number) + out.length);
  }
  return arraysOf({ codes, centres, sizes, offsets });
}

function oneCluster(codes: VectorCodes): Clusters {
  const centre = Float32Array.from(codes.sum(Array.from({ length: codes.rows }, (_, row) => row)));
  return { centres: [centre], assigned: new Uint32Array(codes.rows * SPILL) };
}

/** Of each cluster its rows, ascending; a row whose second is its first is there once. */
function* rowsOfClusters(assigned: Uint32Array, count: number): Generator<Uint32Array> {
  const rows = assigned.length / SPILL;
  const starts = new Uint32Array(count + 1);
  const each = (visit: (cluster: number, row: number) => void) => {
    for (let row = 0; row < rows; row++) {
      const [first, second] = [assigned[row * SPILL] as number, assigned[row * SPILL + 1] as number];
      visit(first, row);
      if (second !== first) visit(second, row);
    }
  };
  each((cluster) => (starts[cluster + 1] = (starts[cluster + 1] as number) + 1));
  for (let i = 0; i < count; i++) starts[i + 1] = (starts[i + 1] as number) + (starts[i] as number);
  const sorted = new Uint32Array(starts[count] as number);
  const filled = starts.slice();
  each((cluster, row) => {
    const place = filled[cluster] as number;
    sorted[place] = row;
    filled[cluster] = place + 1;
  });
  for (let i = 0; i < count; i++) yield sorted.subarray(starts[i], starts[i + 1]);
}

function arraysOf(of: {
  codes: VectorCodes;
  centres: readonly Float32Array[];
  sizes: readonly number[];
  offsets: readonly number[];
}): ClusterArrays {
  const { codes, centres, sizes, offsets } = of;
  const centreCodes = new Uint8Array(centres.length * codes.width);
  const factors = centres.map((centre, at) =>
    encodeVector(centre, centreCodes.subarray(at * codes.width, (at + 1) * codes.width)),
  );
  return {
    centreCodes,
    centreFactors: Float32Array.from(factors),
    clusterOffsets: Uint32Array.from(offsets),
    clusterRows: Uint32Array.from(sizes),
  };
}
