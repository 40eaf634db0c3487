/** Decides, without reading a file, what happens to each: it is in the table already, is skipped, or must be looked at. */
import type { FileVersions } from "../table/file-versions.ts";
import { type SelectLimits, skipByName } from "../source/select-file.ts";
import type { SecretCache } from "./secret-cache.ts";
import type { SkipCache } from "./skip-cache.ts";
import type { SkippedFile, SourceFile } from "../source/source-tree.ts";

export interface FilePlan {
  /** fileIds of what the table holds. */
  readonly visible: readonly number[];
  readonly skipped: readonly SkippedFile[];
  /** In path order. */
  readonly fresh: readonly SourceFile[];
}

export function planFiles(of: {
  readonly files: readonly SourceFile[];
  readonly versions: FileVersions;
  readonly skipCache: SkipCache;
  readonly secrets: SecretCache;
  readonly limits: SelectLimits;
  readonly elsewhere: ((file: SourceFile) => boolean) | undefined;
  /** Paths that the user took out for good. */
  readonly isPurged: (path: string) => boolean;
}): FilePlan {
  const visible: number[] = [];
  const skipped: SkippedFile[] = [];
  const fresh: SourceFile[] = [];
  for (const file of of.files) {
    if (of.elsewhere?.(file)) continue;
    // the rules come before the table: a file that is skipped today is not shown because it was not skipped once
    const reason = of.isPurged(file.path)
      ? "purged"
      : (skipByName(file.path, file.size, of.limits) ?? of.skipCache.reasonOf(file));
    const fileId = reason === undefined ? of.versions.idOf(file) : undefined;
    if (reason !== undefined) skipped.push({ path: file.path, blob: file.blob, reason });
    else if (fileId !== undefined && !mustReadAgain(of, { file, fileId })) visible.push(fileId);
    else fresh.push(file);
  }
  return { visible, skipped, fresh };
}

/** Its rows hold secrets in the clear, or marks that are no longer wanted: it gets new rows. */
function mustReadAgain(
  { secrets, limits }: { secrets: SecretCache; limits: SelectLimits },
  { file, fileId }: { file: SourceFile; fileId: number },
): boolean {
  return secrets.isExposed(fileId) || (limits.secrets !== "redact" && secrets.secretsOf(file) !== undefined);
}
