/** Times as people read them, and names as code writes them. Pure. */

const STEPS = [
  [60, "second"],
  [60, "minute"],
  [24, "hour"],
  [30, "day"],
  [12, "month"],
  [Number.POSITIVE_INFINITY, "year"],
] as const;

/** `3 hours ago`. @param then ISO 8601 @param now ms since the epoch @returns "" for what is no time */
export function ageText(then: string | null, now: number): string {
  const at = Date.parse(then ?? "");
  if (Number.isNaN(at)) return "";
  let value = Math.max(0, Math.round((now - at) / 1000));
  for (const [size, unit] of STEPS) {
    if (value < size) return unit === "second" ? "just now" : `${value} ${unit}${value === 1 ? "" : "s"} ago`;
    value = Math.floor(value / size);
  }
  return "";
}

const NAME_CHARACTER = /[\p{L}\p{N}_$]/u;

/** The name that stands at an offset of a line. @returns undefined: none does */
export function nameAt(text: string, offset: number): string | undefined {
  let [from, to] = [offset, offset];
  while (from > 0 && NAME_CHARACTER.test(text[from - 1] ?? "")) from--;
  while (to < text.length && NAME_CHARACTER.test(text[to] ?? "")) to++;
  const name = text.slice(from, to);
  return /^[\p{L}_$]/u.test(name) ? name : undefined;
}
