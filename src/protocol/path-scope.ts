/** A part of a repository: one folder of it, named as paths are, `/`-separated and relative to the root. No scope: all of it. */

/** Does this name a folder below the root? */
export const isScope = (only: string): boolean =>
  only.split("/").every((part) => part !== "" && part !== "." && part !== "..");

export const isInScope = (path: string, only: string | undefined): boolean =>
  only === undefined || path.startsWith(`${only}/`);
