/**
 * The page's files, from wherever the runtime keeps them. The document is at `/`; scripts, stylesheet and images are named by the
 * hash of their bytes and kept by browsers for ever; the document and the service worker are asked for anew each time. The policy lets
 * the page run its own files alone: no inline script or style, no other host.
 */
import { Hono } from "hono";
import { RepobaseError } from "../protocol/errors.ts";
import type { AppEnv } from "./app-env.ts";

/**
 * @param path of a file of the page: `/index.html`, `/assets/…`
 * @param accept what the browser takes; the file may then come so, with `content-encoding`
 * @returns undefined: there is none
 */
export type PageFiles = (path: string, accept: { readonly gzip: boolean }) => Promise<Response | undefined>;

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  png: "image/png",
  webmanifest: "application/manifest+json",
};

const FOREVER = "public, max-age=31536000, immutable";
/** Beside the document and the hashed files: names that browsers look for. */
const NAMED = ["/sw.js", "/manifest.webmanifest"];

export function pageRoutes(files: PageFiles | undefined): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.get("/", (c) => answer(files, "/index.html", c.req.raw));
  for (const path of NAMED) app.get(path, (c) => answer(files, path, c.req.raw));
  app.get("/assets/:name", (c) => answer(files, `/assets/${c.req.param("name")}`, c.req.raw));
  return app;
}

async function answer(files: PageFiles | undefined, path: string, request: Request): Promise<Response> {
  const type = TYPES[path.slice(path.lastIndexOf(".") + 1)];
  const gzip = /\bgzip\b/.test(request.headers.get("accept-encoding") ?? "");
  const found = type === undefined ? undefined : await files?.(path, { gzip });
  if (!found || type === undefined) throw new RepobaseError("not_found", `there is no GET ${path}`);
  const headers = new Headers({
    "content-type": type,
    "cache-control": path.startsWith("/assets/") ? FOREVER : "no-cache",
    "content-security-policy": POLICY,
  });
  for (const name of ["content-encoding", "vary"]) {
    const value = found.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  return new Response(found.body, { headers });
}
