/**
 * What this machine knows about secrets in a table: which rows were looked at with today's rules, which file versions hold
 * secrets after all (rows of older rules, or of a device that allows them), and where marks stand in place of secrets. A
 * cache: it may be deleted at any time, and one of other rules or another table counts as empty; then rows are looked at again.
 */
import { readFile } from "node:fs/promises";
import { writeFileAtomic } from "../files/write-file-atomic.ts";
import type { ExposedFile, LookedAt } from "./find-exposed.ts";
import type { RedactedFile, SecretHit } from "../source/source-tree.ts";

interface Stored {
  readonly rules: string;
  readonly tableId: string;
  /** All rows up to this fileId were looked at. */
  readonly through: number;
  readonly exposed: readonly ExposedFile[];
  readonly redacted: readonly RedactedFile[];
}

export class SecretCache {
  private constructor(
    private readonly path: string,
    private readonly rules: string,
    private stored: Omit<Stored, "rules">,
  ) {
    this.before = JSON.stringify(stored);
  }

  private readonly before: string;

  /**
   * @param rules names the rules and the policy
   * @param tableId null: there is no table yet
   */
  static async load(of: { path: string; rules: string; tableId: string | null }): Promise<SecretCache> {
    const { path, rules, tableId } = of;
    const empty = { tableId: tableId ?? "", through: 0, exposed: [], redacted: [] };
    try {
      const stored = JSON.parse(await readFile(path, "utf8")) as Stored;
      if (stored.tableId !== tableId) return new SecretCache(path, rules, empty);
      // marks stay where they are, whatever the rules say now
      return new SecretCache(path, rules, stored.rules === rules ? stored : { ...empty, redacted: stored.redacted });
    } catch {
      return new SecretCache(path, rules, empty); // absent or damaged: the rows are looked at again
    }
  }

  get through(): number {
    return this.stored.through;
  }

  /** Everything known to lie in the table in the clear, whatever commit sees it. */
  get exposed(): readonly ExposedFile[] {
    return this.stored.exposed;
  }

  isExposed(fileId: number): boolean {
    this.exposedIds ??= new Set(this.stored.exposed.map((file) => file.fileId));
    return this.exposedIds.has(fileId);
  }

  private exposedIds: Set<number> | undefined;

  private redactedFiles(): ReadonlyMap<string, RedactedFile> {
    if (this.byKey?.of !== this.stored.redacted)
      this.byKey = { of: this.stored.redacted, map: new Map(this.stored.redacted.map((file) => [keyOf(file), file])) };
    return this.byKey.map;
  }

  private byKey: { of: readonly RedactedFile[]; map: ReadonlyMap<string, RedactedFile> } | undefined;

  /** undefined: no marks of this machine stand in it. */
  secretsOf(file: { readonly path: string; readonly blob: string }): readonly SecretHit[] | undefined {
    return this.redactedFiles().get(keyOf(file))?.secrets;
  }

  /** Rows up to `through` were looked at, and this was found. What is no longer in the table is forgotten. */
  looked(of: LookedAt & { through: number; isThere: (fileId: number) => boolean }): void {
    const exposed = [...this.stored.exposed, ...of.exposed].filter(({ fileId }) => of.isThere(fileId));
    this.exposedIds = undefined;
    const marked = of.redacted.filter((file) => this.secretsOf(file) === undefined);
    const redacted = marked.length === 0 ? this.stored.redacted : [...this.stored.redacted, ...marked];
    this.stored = { ...this.stored, exposed, redacted, through: of.through };
  }

  /**
   * What a run has read and appended, and the table and highest fileId it ended with.
   * @param of.read every file version that was read, `redacted` those of them that got marks
   */
  finish(of: {
    read: readonly { readonly path: string; readonly blob: string }[];
    redacted: readonly RedactedFile[];
    tableId: string;
    through: number;
  }): void {
    const known = new Map(this.stored.redacted.map((file) => [keyOf(file), file]));
    for (const file of of.read) known.delete(keyOf(file));
    for (const file of of.redacted) known.set(keyOf(file), file);
    this.stored = { ...this.stored, redacted: [...known.values()], tableId: of.tableId, through: of.through };
  }

  /** Writes only when something was learnt. */
  async save(): Promise<void> {
    if (JSON.stringify(this.stored) === this.before) return;
    await writeFileAtomic(this.path, JSON.stringify({ ...this.stored, rules: this.rules } satisfies Stored));
  }
}

const keyOf = (file: { readonly path: string; readonly blob: string }): string => file.blob + file.path;
