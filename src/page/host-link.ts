/** Where lines of a file can be read at the host the repository came from. Pure. */
import { plainSourceUrl } from "../protocol/source-url.ts";
import type { Permalink } from "./permalink.ts";

type LinkOf = (base: string, ref: string, path: string, lines: Permalink["lines"]) => string;

const dashed = (lines: Permalink["lines"], second: string) =>
  lines ? `#L${lines.from}${lines.to > lines.from ? `-${second}${lines.to}` : ""}` : "";

const GITHUB: LinkOf = (base, ref, path, lines) => `${base}/blob/${ref}/${path}${dashed(lines, "L")}`;
const HOSTS: readonly (readonly [RegExp, LinkOf])[] = [
  [/(^|\.)gitlab\./, (base, ref, path, lines) => `${base}/-/blob/${ref}/${path}${dashed(lines, "")}`],
  [
    /^bitbucket\.org$/,
    (base, ref, path, lines) => `${base}/src/${ref}/${path}${lines ? `#lines-${lines.from}:${lines.to}` : ""}`,
  ],
  [
    /^(codeberg\.org|(.*\.)?(gitea|forgejo)\..*)$/,
    (base, ref, path, lines) => `${base}/src/commit/${ref}/${path}${dashed(lines, "L")}`,
  ],
];

/**
 * @param source address of the repository as the index knows it
 * @returns undefined: it came from no web address, or the commit is not known. An unknown host is taken for one like GitHub
 */
export function hostLink(source: string | null | undefined, { ref, path, lines }: Permalink): string | undefined {
  const plain = plainSourceUrl(source ?? null);
  if (plain === null || ref === null) return undefined;
  const base = plain.replace(/\/+$/, "").replace(/\.git$/, "");
  const host = new URL(base).host;
  const escaped = path.split("/").map(encodeURIComponent).join("/");
  const link = HOSTS.find(([pattern]) => pattern.test(host))?.[1] ?? GITHUB;
  return link(base, encodeURIComponent(ref), escaped, lines);
}
