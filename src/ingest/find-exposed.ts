/**
 * Looks at the rows that a table holds already: those of older rules, of a pull, of a killed run. The rows are the only
 * witness of what they hold, so they are read, not the source: older commits count too, and no network is needed.
 */
import type { SecretPolicy } from "../protocol/secret-policy.ts";
import { hasMarks } from "../source/secrets/has-marks.ts";
import { redactSecrets } from "../source/secrets/redact.ts";
import type { RedactedFile } from "../source/source-tree.ts";
import { fileTexts } from "../table/file-texts.ts";

/** Rows that hold secrets in the clear. */
export interface ExposedFile extends RedactedFile {
  readonly fileId: number;
}

export interface LookedAt {
  /** With secrets in the clear; none where they are allowed. */
  readonly exposed: readonly ExposedFile[];
  /** With marks of another machine, or of a time that this one forgot: where they stand is not known. */
  readonly redacted: readonly RedactedFile[];
}

/** @param of.after fileIds up to this one were looked at before */
export async function findExposed(
  of: Parameters<typeof fileTexts>[0] & { readonly policy: SecretPolicy },
): Promise<LookedAt> {
  const exposed: ExposedFile[] = [];
  const redacted: RedactedFile[] = [];
  for await (const { fileId, path, blob, text } of fileTexts(of)) {
    const found = of.policy === "allow" ? null : redactSecrets({ path, text });
    if (found) exposed.push({ fileId, path, blob, secrets: found.hits });
    if (hasMarks({ text, blob })) redacted.push({ path, blob, secrets: [] });
  }
  return { exposed, redacted };
}
