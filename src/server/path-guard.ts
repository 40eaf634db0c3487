/**
 * What a request path may look like, judged on the URL as it came, before any router decodes it (promise S6). The API's own
 * names need no escapes, so an escape, a dot segment, an empty segment or a backslash is an attack or a mistake; only the path of a
 * file inside a repository may hold any character, and that one never becomes a key.
 */
import { RepobaseError } from "../protocol/errors.ts";

const FILE_ROUTE = /^(\/v1\/repos\/[^/]*\/files\/)(.*)$/s;

/** The path part of a URL, untouched: `new URL` would resolve what we want to see. */
export function rawPath(url: string): string {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  if (start < 0) return "/";
  const end = url.slice(start).search(/[?#]/);
  return end < 0 ? url.slice(start) : url.slice(start, start + end);
}

/** @throws RepobaseError `usage` */
export function checkRequestPath(url: string): void {
  const path = rawPath(url);
  const file = FILE_ROUTE.exec(path);
  const own = file ? (file[1] ?? "").slice(0, -1) : path;
  if (!/^\/[A-Za-z0-9_.~/-]*$/.test(own) || hasOddSegment(own === "/" ? "x" : own.slice(1)))
    throw new RepobaseError("usage", `not a path of this API: ${JSON.stringify(path.slice(0, 100))}`);
  if (file) decodeFilePath(file[2] ?? "");
}

/** The file a `/v1/repos/:id/files/*` URL asks for, decoded once. @throws RepobaseError `usage` */
export function filePathOf(url: string): string {
  return decodeFilePath(FILE_ROUTE.exec(rawPath(url))?.[2] ?? "");
}

function decodeFilePath(encoded: string): string {
  let path: string;
  try {
    path = decodeURIComponent(encoded);
  } catch (cause) {
    throw new RepobaseError("usage", `not a percent-encoded path: ${JSON.stringify(encoded.slice(0, 100))}`, { cause });
  }
  if (path.includes("\0") || hasOddSegment(path))
    throw new RepobaseError("usage", `not a path inside a repository: ${JSON.stringify(path.slice(0, 100))}`);
  return path;
}

const hasOddSegment = (path: string) => path.split("/").some((part) => part === "" || part === "." || part === "..");
