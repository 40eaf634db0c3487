/** Worker thread of the extract stage: one repository in, its pairs written as lines of JSON, a count out. */
import { SyntaxParser } from "../../../src/chunk/syntax-parser.ts";
import { writeWhole } from "../stage.ts";
import type { Source } from "../repositories.ts";
import { extractRepository } from "./extract-repository.ts";

export interface ExtractRequest {
  readonly source: Source;
  readonly path: string;
}
export type ExtractResponse = { readonly pairs: number; readonly seconds: number } | { readonly error: string };

declare const self: Worker;
const parser = new SyntaxParser();

self.onmessage = async ({ data: { source, path } }: MessageEvent<ExtractRequest>) => {
  const start = performance.now();
  try {
    const pairs = await extractRepository(source, parser);
    await writeWhole(path, pairs.map((pair) => `${JSON.stringify(pair)}\n`).join(""));
    self.postMessage(
      { pairs: pairs.length, seconds: (performance.now() - start) / 1000 } satisfies ExtractResponse,
      [],
    );
  } catch (error) {
    self.postMessage(
      { error: error instanceof Error ? (error.stack ?? error.message) : String(error) } satisfies ExtractResponse,
      [],
    );
  }
};
