/** What one check of `repobase doctor` found. Each area's checks are a file of their own; a check says what is so and never mends. */
import { isRepobaseError } from "../../protocol/errors.ts";

export type Area = "program" | "home" | "git" | "repositories" | "cloud" | "shell" | "terminal";

export interface Finding {
  readonly area: Area;
  /** What was looked at; stable for scripts: `home.rights`. */
  readonly name: string;
  /** `warning`: works, but not as well as it could, or soon no more. */
  readonly state: "ok" | "warning" | "failed";
  /** What is so, a sentence. */
  readonly found: string;
  /** The next command, or what to do where no command does it; null: nothing to do. */
  readonly fix: string | null;
}

/** Makes the findings of one area. */
export function findingsOf(area: Area) {
  return {
    ok: (name: string, found: string): Finding => ({ area, name: `${area}.${name}`, state: "ok", found, fix: null }),
    warning: (name: string, found: string, fix: string): Finding => ({
      area,
      name: `${area}.${name}`,
      state: "warning",
      found,
      fix,
    }),
    failed: (name: string, found: string, fix: string): Finding => ({
      area,
      name: `${area}.${name}`,
      state: "failed",
      found,
      fix,
    }),
    /** What an error of ours says, with its hint. @param fix where it has none */
    error: (name: string, error: unknown, fix: string): Finding => ({
      area,
      name: `${area}.${name}`,
      state: "failed",
      found: error instanceof Error ? error.message : String(error),
      fix: (isRepobaseError(error) ? error.hint : undefined) ?? fix,
    }),
  };
}

/** A path as a shell takes it. */
export const quoted = (path: string): string =>
  /^[\w./@%+=:,~-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
