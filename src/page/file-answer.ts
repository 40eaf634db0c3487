/** One file of the index, or some of its lines: `GET /v1/repos/:id/files/*path`. */
import { ANSWER } from "../protocol/cloud-api.ts";
import { count, type DocumentType, fields, text, yesNo } from "../protocol/decode.ts";
import { selectLines } from "../text/lines.ts";
import { ask } from "./api.ts";
import { askOrKept, isOffline, readKept } from "./kept.ts";
import type { LineRange, Permalink } from "./permalink.ts";

export interface FileAnswer {
  readonly repoId: string;
  readonly commit: string;
  readonly path: string;
  readonly language: string;
  /** Of the lines `startLine` to `endLine`. */
  readonly contents: string;
  readonly startLine: number;
  readonly endLine: number;
  /** Of the whole file. */
  readonly lineCount: number;
  /** Secrets that stood in it are covered with marks. */
  readonly redacted: boolean;
}

export const FILE_ANSWER: DocumentType<FileAnswer> = {
  ...ANSWER,
  name: "answer",
  schema: fields({
    repoId: text,
    commit: text,
    path: text,
    language: text,
    contents: text,
    startLine: count,
    endLine: count,
    lineCount: count,
    redacted: yesNo,
  }),
};

/** Address of the request; `lines` null: the whole file. */
export function filePath({ repo, ref, path, lines }: Permalink): string {
  const query = new URLSearchParams();
  if (ref !== null) query.set("ref", ref);
  if (lines) {
    query.set("from", String(lines.from));
    query.set("to", String(lines.to));
  }
  const file = path.split("/").map(encodeURIComponent).join("/");
  return `/v1/repos/${encodeURIComponent(repo)}/files/${file}${query.size === 0 ? "" : `?${query}`}`;
}

/** For whoever opens the file: it is kept on the device. */
export const askFile = (of: Permalink, signal: AbortSignal): Promise<FileAnswer> =>
  askOrKept("file", { path: filePath(of), type: FILE_ANSWER, signal });

/** For a glance, which must not push an opened file out of what is kept. Without the network, of the file if that is kept. */
export async function askLines(
  of: Permalink & { readonly lines: LineRange },
  signal: AbortSignal,
): Promise<FileAnswer> {
  try {
    return await ask({ path: filePath(of), type: FILE_ANSWER, signal });
  } catch (error) {
    const whole = isOffline(error) ? await readKept(FILE_ANSWER, filePath({ ...of, lines: null })) : undefined;
    if (!whole) throw error;
    const { from, to } = { from: of.lines.from, to: Math.min(of.lines.to, whole.lineCount) };
    return { ...whole, contents: selectLines(whole.contents, { from, to }), startLine: from, endLine: to };
  }
}

/** A text that ends its last line has no empty one after it. */
export const withoutLastBreak = (lines: string): string => (lines.endsWith("\n") ? lines.slice(0, -1) : lines);
