/** Markdown: cut at its headings, by a reader of its own. */
import { chunkMarkdown } from "../chunk-markdown.ts";
import type { Language } from "./language.ts";

export const markdown: Language = {
  name: "markdown",
  files: [{ extensions: "md markdown mdx mkd", divide: chunkMarkdown }],
};
