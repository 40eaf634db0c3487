/** The lines that an answer brings with it: shown until the file is here. */
import { type CodeSpan, spansByLine } from "../../page/code-spans.ts";
import type { SearchHit } from "../../protocol/search-api.ts";

export const snippetLines = ({ snippet }: SearchHit): readonly (readonly CodeSpan[])[] =>
  spansByLine({ text: snippet.text, tokens: [], marks: snippet.highlights });
