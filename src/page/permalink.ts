/**
 * The text that names lines of a file for ever: `repo@commit:path:10-20`. Without lines it names the whole file; a path that
 * itself ends like a range of lines is then followed by a colon, so that reading is always unambiguous.
 */
export interface Permalink {
  readonly repo: string;
  /** Commit or branch; null: the default branch (no permalink in the strict sense). */
  readonly ref: string | null;
  readonly path: string;
  readonly lines: LineRange | null;
}

/** From 1, both ends included. */
export interface LineRange {
  readonly from: number;
  readonly to: number;
}

const RANGE = /^(.*):(\d{1,9})(?:-(\d{1,9}))?$/s;

export function formatPermalink({ repo, ref, path, lines }: Permalink): string {
  const file = `${repo}${ref === null ? "" : `@${ref}`}:${path}`;
  if (lines) return `${file}:${lines.from}${lines.to > lines.from ? `-${lines.to}` : ""}`;
  return RANGE.test(path) || path.endsWith(":") ? `${file}:` : file;
}

/** @returns undefined for what is no permalink */
export function parsePermalink(text: string): Permalink | undefined {
  // neither the id of a repository nor the name of a branch has a colon
  const colon = text.indexOf(":");
  if (colon < 1) return undefined;
  // the id has no @, a branch may
  const at = text.slice(0, colon).indexOf("@");
  const repo = text.slice(0, at < 0 ? colon : at);
  const ref = at < 0 ? null : text.slice(at + 1, colon);
  const { path, lines } = takeLines(text.slice(colon + 1));
  return repo === "" || ref === "" || path === "" ? undefined : { repo, ref, path, lines };
}

function takeLines(rest: string): Pick<Permalink, "path" | "lines"> {
  if (rest.endsWith(":")) return { path: rest.slice(0, -1), lines: null };
  const [, path, first, last = first] = RANGE.exec(rest) ?? [];
  if (path === undefined || first === undefined) return { path: rest, lines: null };
  const [a, b] = [Number(first), Number(last)];
  return a === 0 || b === 0
    ? { path: rest, lines: null }
    : { path, lines: { from: Math.min(a, b), to: Math.max(a, b) } };
}
