/**
 * Where an answer goes on: short, because it costs its reader tokens twice. It names the commit, so that all parts are of one state of
 * the index, and belongs to one question. Nothing in it is secret or trusted.
 */
import { crc32 } from "../protocol/crc32.ts";
import { RepobaseError } from "../protocol/errors.ts";

export type ToolQuestion = readonly (string | number | null | undefined)[];

export interface ToolCursor {
  /** Its first digits, or `worktree`; empty: of several repositories. */
  readonly commit: string;
  /** What the part before ended with; the tool says in what form. */
  readonly after: string;
}

export const encodeToolCursor = (question: ToolQuestion, { commit, after }: ToolCursor): string =>
  `${fingerprint(question)}.${cursorCommit(commit)}.${after}`;

/** As many digits as tell commits apart. */
const cursorCommit = (commit: string): string => commit.slice(0, 12);

/** @throws RepobaseError `usage` for what is no cursor of this question */
export function decodeToolCursor(question: ToolQuestion, text: string | null | undefined): ToolCursor | undefined {
  if (!text) return undefined;
  const [, asked, commit, after] = /^([0-9a-f]{6})\.([0-9a-z]*)\.([^]+)$/.exec(text) ?? [];
  if (asked === undefined || commit === undefined || after === undefined)
    throw new RepobaseError("usage", `not a cursor: ${JSON.stringify(text.slice(0, 40))}`, {
      hint: "give the cursor of the last answer as it is, or leave it out to begin again",
    });
  if (asked !== fingerprint(question))
    throw new RepobaseError("usage", "the cursor is of another question", {
      hint: "repeat the arguments of the call it came from (limit and budget may change), or leave it out",
    });
  return { commit, after };
}

function fingerprint(question: ToolQuestion): string {
  const bytes = new TextEncoder().encode(JSON.stringify(question.map((part) => (part === "" ? null : (part ?? null)))));
  return crc32(bytes, 0, bytes.length).toString(16).padStart(8, "0").slice(0, 6);
}
