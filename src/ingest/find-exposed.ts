/**
 * Looks for secrets in rows that a table holds already: those of older rules, of a pull, of a killed run. The rows are the
 * only witness of what they hold, so they are read, not the source: older commits count too, and no network is needed.
 */
import { redactSecrets } from "../source/secrets/redact.ts";
import { fileTexts } from "../table/file-texts.ts";
import type { ExposedFile } from "./secret-cache.ts";

/** @param of.after fileIds up to this one were looked at before */
export async function findExposed(of: Parameters<typeof fileTexts>[0]): Promise<ExposedFile[]> {
  const exposed: ExposedFile[] = [];
  for await (const { fileId, path, blob, text } of fileTexts(of)) {
    const redacted = redactSecrets({ path, text });
    if (redacted) exposed.push({ fileId, path, blob, secrets: redacted.hits });
  }
  return exposed;
}
