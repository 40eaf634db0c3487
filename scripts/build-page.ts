/**
 * Builds the page that the server shows, and the description of its API: one document, scripts and a stylesheet named by the hash of their bytes, icons, what
 * makes it an app on a phone (manifest, service worker). The
 * Worker carries the files in its assets (build-worker.ts), the binary inside itself (build.ts), and from source `serve` builds
 * them when they are asked for. `bun scripts/build-page.ts` writes them to dist/page.
 */
import { mkdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { openApiDocument } from "../src/openapi/document.ts";
import { version } from "../src/version.ts";
import { iconPng } from "./page-icon.ts";

const root = join(import.meta.dir, "..");
const source = join(root, "src/page");

export interface PageFile {
  /** From `/`: `/index.html`, `/assets/main-1a2b3c4d.js`. */
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Pixels a side: what iOS takes, from the document, and what others ask of an app. */
const TOUCH_ICON = "180";
const ICON_SIZES = [TOUCH_ICON, "192", "512"];
const GRAMMAR = /^\/assets\/prism-/;
const NAMES = { entry: "[name]-[hash].[ext]", chunk: "[name]-[hash].[ext]", asset: "[name]-[hash].[ext]" };

/** All that the server answers with from its build: the page, and the description of the API, which no page needs. */
export async function buildServed(): Promise<PageFile[]> {
  const bytes = new TextEncoder().encode(JSON.stringify(openApiDocument(version)));
  return [...(await buildPage()), { path: "/openapi.json", bytes }];
}

/** The same sources give the same files, whatever folder they are built in. */
export async function buildPage(): Promise<PageFile[]> {
  const { outputs } = await Bun.build({
    root: source,
    entrypoints: [join(source, "main.tsx"), join(source, "style.css")],
    format: "esm",
    target: "browser",
    splitting: true,
    minify: true,
    naming: NAMES,
    define: { "process.env.NODE_ENV": '"production"' },
  });
  const built = await Promise.all(
    outputs.map(async (output) => ({
      path: `/assets/${basename(output.path)}`,
      bytes: new Uint8Array(await output.arrayBuffer()),
    })),
  );
  const svg = hashed("icon.svg", await Bun.file(join(source, "icon.svg")).bytes());
  const icons = ICON_SIZES.map((size) => hashed(`icon${size}.png`, iconPng(Number(size))));
  const files = [...built, svg, ...icons];
  // parts that scripts share are named after one of them, `main-…` too
  const script = built[outputs.findIndex(({ kind, path }) => kind === "entry-point" && path.endsWith(".js"))];
  if (!script) throw new Error("the page has no first script");
  const shell = [await documentOf(script, files), manifestOf([svg, ...icons]), ...files];
  return [...shell, await buildServiceWorker(shell)].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** What makes the page an app on a phone or a desk. */
function manifestOf(icons: readonly PageFile[]): PageFile {
  const manifest = {
    id: "/",
    start_url: "/",
    scope: "/",
    name: "Repobase",
    short_name: "Repobase",
    description: "Search your indexed code from any device.",
    display: "standalone",
    background_color: "#ffffff",
    theme_color: "#ffffff",
    icons: icons.flatMap(({ path }) => {
      const size = /icon(\d+)-/.exec(path)?.[1];
      if (size === undefined) return [{ src: path, type: "image/svg+xml", sizes: "any" }];
      if (size === TOUCH_ICON) return [];
      const icon = { src: path, type: "image/png", sizes: `${size}x${size}` };
      return [icon, { ...icon, purpose: "maskable" }];
    }),
  };
  return { path: "/manifest.webmanifest", bytes: new TextEncoder().encode(JSON.stringify(manifest)) };
}

/**
 * It is told what it keeps from the start: all but the grammars, each of which comes with the first file of its language. Any
 * change of the page is a change of this file, by which browsers learn of it.
 */
async function buildServiceWorker(files: readonly PageFile[]): Promise<PageFile> {
  const kept = files.map(({ path }) => (path === "/index.html" ? "/" : path)).filter((path) => !GRAMMAR.test(path));
  const build = new Bun.CryptoHasher("sha256");
  for (const { path, bytes } of files.toSorted((a, b) => (a.path < b.path ? -1 : 1))) build.update(path).update(bytes);
  const { outputs } = await Bun.build({
    entrypoints: [join(source, "service-worker/sw.ts")],
    format: "esm",
    target: "browser",
    minify: true,
    define: { SHELL: JSON.stringify(kept.toSorted()), BUILD: JSON.stringify(build.digest("hex").slice(0, 16)) },
  });
  const [output] = outputs;
  if (!output) throw new Error("the service worker was not built");
  return { path: "/sw.js", bytes: new Uint8Array(await output.arrayBuffer()) };
}

/** A file that no bundler names. */
function hashed(name: string, bytes: Uint8Array<ArrayBuffer>): PageFile {
  const [stem = "", extension = ""] = name.split(".");
  const hash = new Bun.CryptoHasher("sha256").update(bytes).digest("hex").slice(0, 8);
  return { path: `/assets/${stem}-${hash}.${extension}`, bytes };
}

/** The document names the files it needs, those that the first script imports too, so that none waits for another. */
async function documentOf(script: PageFile, files: readonly PageFile[]): Promise<PageFile> {
  const pathOf = (name: RegExp) => {
    const found = files.find(({ path }) => name.test(basename(path)));
    if (!found) throw new Error(`the page has no file ${name}`);
    return found;
  };
  const preloads = importsOf(script, files).map((path) => `<link rel="modulepreload" href="${path}">`);
  const parts: Record<string, string> = {
    script: script.path,
    style: pathOf(/^style-\w+\.css$/).path,
    icon: pathOf(/^icon-\w+\.svg$/).path,
    touch: pathOf(/^icon180-\w+\.png$/).path,
    preloads: preloads.join("\n"),
  };
  const template = await Bun.file(join(source, "index.html")).text();
  const html = template.replaceAll(/\{\{(\w+)\}\}\n?/g, (whole, name: string) => {
    const part = parts[name];
    if (part === undefined) throw new Error(`index.html asks for "${name}"`);
    return part === "" ? "" : part + (whole.endsWith("\n") ? "\n" : "");
  });
  return { path: "/index.html", bytes: new TextEncoder().encode(html) };
}

/** Scripts that a script imports at once, theirs too; not those it loads later. */
export function importsOf(file: PageFile, files: readonly PageFile[], found: string[] = []): string[] {
  const text = new TextDecoder().decode(file.bytes);
  const names = new Bun.Transpiler({ loader: "js" })
    .scanImports(text)
    .filter(({ kind }) => kind === "import-statement")
    .map(({ path }) => `/assets/${basename(path)}`);
  for (const path of names) {
    const next = files.find((one) => one.path === path);
    if (!next || found.includes(path)) continue;
    found.push(path);
    importsOf(next, files, found);
  }
  return found;
}

/** @param dir emptied first */
export async function writePage(dir: string): Promise<PageFile[]> {
  const files = await buildServed();
  await rm(dir, { recursive: true, force: true });
  for (const { path, bytes } of files) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await Bun.write(join(dir, path), bytes);
  }
  return files;
}

if (import.meta.main)
  for (const { path, bytes } of await writePage(join(root, "dist/page")))
    console.log(`${path}: ${bytes.length} bytes, ${Bun.gzipSync(bytes).length} gzip`);
