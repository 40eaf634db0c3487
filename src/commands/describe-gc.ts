/** The text form of what `gc` did. */
import type { GcResult } from "../porcelain/sync/gc-repo.ts";
import type { Garbage, Sum } from "../protocol/cloud-api.ts";
import { formatBytes, plural } from "../text/figures.ts";

export function describeGc({ repoId, dryRun, commitsDropped, here, cloud }: GcResult): string {
  const dropped = plural(commitsDropped.length, "commit");
  const verb = dryRun ? "would not be" : "are not";
  return [
    `${repoId}: here ${describeSide(here, dryRun)}`,
    ...(cloud ? [`in the cloud ${describeSide(cloud, dryRun)}`] : []),
    ...(commitsDropped.length > 0 ? [`${dropped} ${verb} searchable any more`] : []),
  ].join("\n  ");
}

function describeSide({ needed, unneeded, planned, deleted }: Garbage, dryRun: boolean): string {
  const kept = `${formatBytes(needed.bytes)} needed`;
  if (unneeded.objects === 0) return `${kept}, nothing to free`;
  if (dryRun) return `${kept}, ${sum(unneeded)} can be freed${waiting(planned)}`;
  return `${kept}, ${sum(deleted)} freed${waiting(planned)}`;
}

const waiting = (planned: Sum): string => (planned.objects > 0 ? `, ${sum(planned)} waiting for their grace` : "");

const sum = ({ objects, bytes }: Sum): string => `${formatBytes(bytes)} in ${plural(objects, "object")}`;
