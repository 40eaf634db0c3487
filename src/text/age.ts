/** How long ago something was, as people say it. */

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
