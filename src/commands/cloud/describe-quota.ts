/** A quota in words: what is used, and of how much. */
import { type QuotaLine, type QuotaName, type QuotaUse, QUOTA_NAMES } from "../../protocol/quota.ts";
import { formatBytes } from "../../text/figures.ts";

/** One line: `1 of 10 repos, 3 of 100000 files, 14 kB of 10 GB`. */
export const describeQuota = (quota: QuotaUse): string =>
  QUOTA_NAMES.map((name) => describeUse(name, quota[name]) + (name === "bytes" ? "" : ` ${name}`)).join(", ");

function describeUse(name: QuotaName, { used, limit }: QuotaLine): string {
  const show = (value: number) => (name === "bytes" ? formatBytes(value) : String(value));
  return limit === null ? show(used) : `${show(used)} of ${show(limit)}`;
}
