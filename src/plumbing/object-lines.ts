/**
 * The text form of a manifest diff, one fragment a line: what diff-manifest prints and upload- and download-fragment read.
 * `<flag> TAB <sha256> TAB <size or -> TAB <key>`, ended by a line feed or, with `-z`, by NUL. Documented in
 * docs/PLUMBING.md; fields are only ever added at the end.
 */
import { RepobaseError } from "../protocol/errors.ts";
import { isSha256 } from "../protocol/ids.ts";
import { indexPrefix, snapshotPrefix } from "../protocol/keys.ts";
import type { ManifestDiff } from "./diff-manifest.ts";
import type { IndexObject } from "./index-object.ts";

/** `+`: only on our side, to be uploaded. `-`: only on theirs, to be downloaded. */
export type Flag = "+" | "-";

export interface LineOptions {
  /** NUL ends a line. */
  readonly nul: boolean;
}

export function formatDiff(diff: ManifestDiff, { nul }: LineOptions): string {
  const line = (flag: Flag) => (f: IndexObject) =>
    [flag, f.sha256, f.size ?? "-", f.key].join("\t") + (nul ? "\0" : "\n");
  return [...diff.missing.map(line("+")), ...diff.extra.map(line("-"))].join("");
}

/**
 * The objects of the lines with `flag`, in their order; the other flag's lines are left out.
 * @throws RepobaseError `usage` for a line that is none, or a key outside `repo`
 */
export function parseObjectLines(
  text: string,
  { nul, flag, repo }: LineOptions & { readonly flag: Flag; readonly repo: string },
): IndexObject[] {
  const objects: IndexObject[] = [];
  for (const line of text.split(nul ? "\0" : "\n")) {
    if (line === "") continue;
    const [sign, sha256 = "", size = "", key = ""] = line.split("\t");
    const wellFormed = (sign === "+" || sign === "-") && isSha256(sha256) && /^(-|\d{1,15})$/.test(size);
    const ours = key.startsWith(indexPrefix(repo)) || key.startsWith(snapshotPrefix(repo));
    if (!wellFormed || !ours)
      throw new RepobaseError("usage", `not a fragment of "${repo}": ${JSON.stringify(line.slice(0, 200))}`, {
        hint: "lines come from: repobase diff-manifest; with -z on both sides or on none",
      });
    if (sign === flag) objects.push({ key, sha256, ...(size === "-" ? {} : { size: Number(size) }) });
  }
  return objects;
}
