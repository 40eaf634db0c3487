/** The syntax colours of a text: none at first, then those of its language once the highlighter and its grammar are there. */
import { useEffect, useState } from "preact/hooks";
import type { CodeToken } from "./code-spans.ts";

const NO_TOKENS: readonly CodeToken[] = [];

export interface Coloured {
  readonly text: string;
  readonly language: string;
  readonly path: string;
}

/**
 * @param of null: without colours
 * @param box where the text stands; given, it is coloured when that comes near the screen
 */
export function useTokens(of: Coloured | null, box?: { readonly current: HTMLElement | null }): readonly CodeToken[] {
  const [tokens, setTokens] = useState(NO_TOKENS);
  useEffect(() => {
    setTokens(NO_TOKENS);
    if (of === null) return undefined;
    let wanted = true;
    const colour = async () => {
      try {
        const { tokensOf } = await import("./highlight.ts");
        const found = await tokensOf(of.text, of.language, of.path);
        if (wanted) setTokens(found);
      } catch {
        // offline, and that language was never shown: the text stays as it is
      }
    };
    const stop = box ? whenNear(box.current, () => void colour()) : void colour();
    return () => {
      wanted = false;
      stop?.();
    };
  }, [of?.text, of?.language, of?.path]);
  return tokens;
}

/** @returns ends the waiting */
function whenNear(element: HTMLElement | null, then: () => void): () => void {
  const watcher = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watcher.disconnect();
      then();
    },
    { rootMargin: "200px" },
  );
  if (element) watcher.observe(element);
  return () => watcher.disconnect();
}
