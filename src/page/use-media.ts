/** Is the screen so? Told again when it changes. */
import { useEffect, useState } from "preact/hooks";

/** Wide enough for results with a preview beside them. */
export const DESK = "(min-width: 64rem)";

export function useMedia(query: string): boolean {
  const [is, setIs] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const tell = () => setIs(list.matches);
    tell();
    list.addEventListener("change", tell);
    return () => list.removeEventListener("change", tell);
  }, [query]);
  return is;
}
