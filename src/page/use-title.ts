/** The document's title: what the place shows, then the program. */
import { useEffect } from "preact/hooks";

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === "" ? "Repobase" : `${title} · Repobase`;
  }, [title]);
}
