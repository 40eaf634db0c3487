/**
 * Long matrices: `check` runs a slice of each, `bun run check:long` the whole. A test that only the long run has says why in its
 * file; CONTRIBUTING.md lists the commands.
 */
export const LONG = process.env["REPOBASE_LONG_TESTS"] === "1";

/** @returns `whole` in the long run, else `slice` */
export const inLong = <T>(whole: T, slice: T): T => (LONG ? whole : slice);
