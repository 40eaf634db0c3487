/**
 * Remembers which file versions have no rows and why, so that a second run reads nothing. A cache: it may be deleted at
 * any time, and one made with other rules or limits counts as empty.
 */
import { readFile } from "node:fs/promises";
import { writeFileAtomic } from "../files/write-file-atomic.ts";
import { decodeDocument, type DocumentType, fields, text, textByName } from "../protocol/decode.ts";
import { isSkipReason, type SkippedFile, type SkipReason } from "../source/source-tree.ts";

/** More entries than this, and only those of the tree at hand are kept. */
const MAX_ENTRIES = 50_000;

export class SkipCache {
  private changed = false;

  private constructor(
    private readonly path: string,
    private readonly rules: string,
    private readonly reasons: Map<string, SkipReason>,
  ) {}

  /** @param rules names everything the reasons depend on besides the file */
  static async load(path: string, rules: string): Promise<SkipCache> {
    const stored = await readStored(path);
    return new SkipCache(path, rules, new Map(stored?.rules === rules ? Object.entries(stored.skipped) : []));
  }

  reasonOf(file: { readonly path: string; readonly blob: string }): SkipReason | undefined {
    return this.reasons.get(keyOf(file));
  }

  add(file: SkippedFile): void {
    // what could not be read may be readable next time
    if (file.reason === "unreadable" || this.reasons.get(keyOf(file)) === file.reason) return;
    this.reasons.set(keyOf(file), file.reason);
    this.changed = true;
  }

  /** Writes only when something was added. @param current what the tree at hand skips */
  async save(current: readonly SkippedFile[]): Promise<void> {
    if (!this.changed) return;
    const kept =
      this.reasons.size <= MAX_ENTRIES
        ? this.reasons
        : new Map(
            current.flatMap((file) => (this.reasons.has(keyOf(file)) ? [[keyOf(file), file.reason] as const] : [])),
          );
    await writeFileAtomic(this.path, JSON.stringify({ rules: this.rules, skipped: Object.fromEntries(kept) }));
    this.changed = false;
  }
}

interface Stored {
  readonly rules: string;
  /** Blob id and path -> reason. */
  readonly skipped: Readonly<Record<string, SkipReason>>;
}

const STORED: DocumentType<Stored> = {
  name: "list of skipped files",
  damaged: "damaged_config",
  schema: fields({ rules: text, skipped: textByName<SkipReason>(isSkipReason, "reasons") }),
};

/** undefined: absent or damaged, so the files are looked at again. */
async function readStored(path: string): Promise<Stored | undefined> {
  try {
    return decodeDocument(STORED, await readFile(path));
  } catch {
    return undefined;
  }
}

const keyOf = (file: { readonly path: string; readonly blob: string }): string => file.blob + file.path;
