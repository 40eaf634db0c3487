/** `GET /v1/repos/:id/outline`: reads the chunks of one file and outlines them. */
import { i32s, strings, u16s } from "../../lance/values.ts";
import type { Outline } from "../../protocol/browse-api.ts";
import { readableText } from "../../text/file-text.ts";
import type { IndexView } from "../index-view.ts";
import { outlineOf } from "./outline.ts";
import { rowsOfFile } from "../read-file.ts";
import { splitLines } from "../../text/lines.ts";

/** @returns undefined when the view has no such file */
export async function readOutline(of: {
  readonly view: IndexView;
  readonly path: string;
  readonly signal?: AbortSignal | undefined;
}): Promise<Outline | undefined> {
  const { view, path, signal } = of;
  const { table } = view;
  const rows = await rowsOfFile(view, path, signal);
  const [first] = rows;
  if (first === undefined) return undefined;
  const [numbers, starts, contents, terms, symbols, languages, blobs] = await Promise.all([
    table.take("chunk", rows, signal).then(u16s),
    table.take("startLine", rows, signal).then(i32s),
    table.take("contents", rows, signal).then(strings),
    table.take("terms", rows, signal).then(strings),
    table.take("symbol", rows, signal).then(strings),
    table.take("language", [first], signal).then(strings),
    table.take("blob", [first], signal).then(strings),
  ]);
  const chunks = rows
    .map((_, at) => ({
      number: numbers[at] ?? 0,
      startLine: starts[at] ?? 1,
      contents: readableText(contents[at] ?? ""),
      terms: terms[at] ?? "",
      symbol: symbols[at] ?? null,
    }))
    .sort((a, b) => a.number - b.number);
  return {
    repoId: view.repoId,
    commit: view.commit,
    path,
    language: languages[0] ?? "",
    blob: blobs[0] ?? "",
    lineCount: splitLines(chunks.map((chunk) => chunk.contents).join("")).length,
    symbols: outlineOf(chunks),
  };
}
