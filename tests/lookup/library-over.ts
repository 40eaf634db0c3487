/** The library of a server's space over any store, and how an answer is held against its budget. */
import { expect } from "bun:test";
import { countTokens as gpt4 } from "gpt-tokenizer/encoding/cl100k_base";
import { countTokens as gpt4o } from "gpt-tokenizer/encoding/o200k_base";
import { loadStaticEmbedder } from "../../src/embed/load-static.ts";
import type { Library } from "../../src/lookup/library.ts";
import { ViewCache } from "../../src/search/view-cache.ts";
import { asBucket } from "../../src/server/bucket.ts";
import { serverLibrary } from "../../src/server/library.ts";
import type { ObjectStore } from "../../src/store/object-store.ts";

export async function libraryOver(store: ObjectStore): Promise<Library> {
  const cache = () => new ViewCache({ maxRangeBytes: 1e7, maxHeldBytes: 1e7 });
  const embedder = await loadStaticEmbedder();
  return serverLibrary({
    services: { views: cache(), counts: cache(), embedQuery: (_, text) => embedder.embedQuery(text) },
    home: asBucket(store),
    owner: "alice",
    signal: new AbortController().signal,
    onDamage: () => undefined,
  });
}

/** What the strictest of the tokenizers at hand counts. */
export const tokensIn = (text: string): number => {
  const plain = { allowedSpecial: "all" } as const;
  return Math.max(gpt4(text, plain), gpt4o(text, plain));
};

export const expectWithin = (text: string, budget: number): void => expect(tokensIn(text)).toBeLessThanOrEqual(budget);
