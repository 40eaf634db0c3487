/** A kept request as a place to go to: the other way round of `searchPath` and `filePath`. Pure. */
import { parsePlace, type Place } from "./router.ts";

const FILE = /^\/v1\/repos\/([^/]+)\/files\/([^?]+)$/;

/** undefined: a request that no view makes */
export function placeOfKept(path: string): Place | undefined {
  const [route = "", query = ""] = path.split("?");
  const asked = new URLSearchParams(query);
  if (route === "/v1/search") return parsePlace({ search: `?${asked}`, hash: "" });
  const [, repo, file] = FILE.exec(route) ?? [];
  if (repo === undefined || file === undefined) return undefined;
  const [from, to] = [Number(asked.get("from")), Number(asked.get("to"))];
  const at = {
    repo: decodeURIComponent(repo),
    ref: asked.get("ref"),
    path: decodeURIComponent(file),
    lines: from > 0 && to >= from ? { from, to } : null,
  };
  return { view: "file", at };
}
