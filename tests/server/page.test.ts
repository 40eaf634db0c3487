/** The page's files as each runtime gives them: the Worker from its assets, `repobase serve` from itself. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rm, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPage, importsOf, type PageFile } from "../../scripts/build-page.ts";
import { GRAMMARS } from "../../src/page/grammars.ts";
import { Home } from "../../src/home/home.ts";
import { openApiDocument } from "../../src/openapi/document.ts";
import { serve } from "../../src/porcelain/cloud/serve.ts";
import { version } from "../../src/version.ts";
import { startWorker } from "../helpers/worker-server.ts";

/** Bytes of scripts before the first result, compressed. */
const SCRIPT_BUDGET = 60_000;
const HASHED = /^\/assets\/[\w-]+-[0-9a-z]{8}\.(js|css|svg|png)$/;

let files: PageFile[];
const servers: { name: string; url: string; stop: () => Promise<void> }[] = [];
beforeAll(async () => {
  files = await buildPage();
  const dir = await mkdtemp(join(tmpdir(), "repobase-page-"));
  const worker = await startWorker();
  const own = await serve({
    home: Home.open({ REPOBASE_HOME: dir }),
    port: 0,
    host: "127.0.0.1",
    data: null,
    corsOrigins: [],
    ratePerMinute: 0,
    quota: {},
    behindProxy: false,
    log: () => undefined,
    debug: false,
  });
  servers.push({ name: "worker", url: worker.url, stop: () => worker.stop() });
  servers.push({
    name: "serve",
    url: own.url,
    stop: async () => {
      await own.stop();
      await rm(dir, { recursive: true, force: true });
    },
  });
});
afterAll(() => Promise.all(servers.map((server) => server.stop())));

const ofAll = (check: (url: string) => Promise<void>) => async () => {
  for (const { url } of servers) await check(url);
};
const addressIn = (path: string) => (path === "/index.html" ? "/" : path);
const bytesOf = async (answer: Response) => new Uint8Array(await answer.arrayBuffer());
const textOf = (file: PageFile) => new TextDecoder().decode(file.bytes);

/** The one that the document names. */
function firstScript(): PageFile {
  const html = textOf(files.find(({ path }) => path === "/index.html") as PageFile);
  const named = /<script type="module" src="([^"]+)"/.exec(html)?.[1];
  return files.find(({ path }) => path === named) as PageFile;
}

describe("what is built", () => {
  test("the same sources give the same files", async () => {
    const again = await buildPage();
    expect(again.map(({ path }) => path)).toEqual(files.map(({ path }) => path));
    expect(again.every(({ bytes }, i) => Buffer.compare(bytes, files[i]?.bytes ?? Buffer.of()) === 0)).toBe(true);
  });

  test("a name that browsers keep for ever has the hash of what is kept", () => {
    for (const { path } of files) if (path.startsWith("/assets/")) expect(path).toMatch(HASHED);
  });

  test("the document has no code in it, and loads nothing from elsewhere", () => {
    for (const file of files.filter(({ path }) => path.endsWith(".html"))) {
      const html = textOf(file);
      expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|javascript:|\{\{/i);
      for (const script of html.match(/<script[^>]*>[^]*?<\/script>/g) ?? [])
        expect(script).toMatch(/^<script type="module" src="\/assets\/[\w.-]+"><\/script>$/);
      const named = [...html.matchAll(/(?:href|src)="([^"]*)"/g)].map((match) => match[1] ?? "");
      expect(named.length).toBeGreaterThan(2);
      const known = new Set(files.map(({ path }) => path));
      expect(named.filter((path) => !known.has(path))).toEqual([]);
    }
  });

  test("the service worker keeps the document and all but the grammars, and another page makes another one", () => {
    const worker = textOf(files.find(({ path }) => path === "/sw.js") as PageFile);
    expect(() => new Function(worker)).not.toThrow(); // a classic script: no import, no export
    const named = [...worker.matchAll(/"(\/[\w./-]*)"/g)].map((match) => match[1] ?? "");
    const kept = files.map(({ path }) => addressIn(path)).filter((path) => !/^\/assets\/prism-|^\/sw\.js$/.test(path));
    expect(kept.filter((path) => !named.includes(path))).toEqual([]);
    expect(named.filter((path) => path.includes("prism-"))).toEqual([]);
    expect(worker).toMatch(/\b[0-9a-f]{16}\b/);
  });

  test("the manifest names icons that are there and as large as it says", () => {
    const manifest = JSON.parse(textOf(files.find(({ path }) => path === "/manifest.webmanifest") as PageFile));
    const icons: { src: string; sizes: string; type: string }[] = manifest.icons;
    expect(icons.map(({ sizes }) => sizes)).toEqual(expect.arrayContaining(["any", "192x192", "512x512"]));
    for (const { src, sizes, type } of icons) {
      const icon = files.find(({ path }) => path === src) as PageFile;
      if (type !== "image/png") continue;
      const size = new DataView(icon.bytes.buffer, icon.bytes.byteOffset).getUint32(16);
      expect(`${size}x${size}`).toBe(sizes);
    }
  });

  test("no script turns text into markup or into code", () => {
    for (const file of files.filter(({ path }) => path.endsWith(".js")))
      expect(textOf(file)).not.toMatch(/insertAdjacentHTML|document\.write|\beval\(|new Function\b/);
  });

  test("the scripts before the first result are within their budget, its colours in any language and a desk's preview too", () => {
    const main = firstScript();
    // the one that draws the shell, not a part that is named after it
    expect(textOf(main)).toContain("Skip to the content");
    const named = (name: string) => {
      const found = files.filter(({ path }) => new RegExp(`^/assets/${name}-[0-9a-z]{8}\\.js$`).test(path));
      expect([name, found.length]).toEqual([name, 1]);
      return found[0] as PageFile;
    };
    const withImports = (file: PageFile) => [file.path, ...importsOf(file, files)];
    const shell = [main, named("highlight"), named("preview")].flatMap(withImports);
    const sizeOf = (paths: readonly string[]) => {
      const needed = new Set(paths);
      const sizes = files.filter(({ path }) => needed.has(path)).map(({ bytes }) => Bun.gzipSync(bytes).length);
      expect(sizes.length).toBe(needed.size);
      return sizes.reduce((a, b) => a + b, 0);
    };
    const grammarsOf = (name: string): string[] => [name, ...(GRAMMARS[name]?.after ?? []).flatMap(grammarsOf)];
    const totals = Object.keys(GRAMMARS).map((name) =>
      sizeOf([...shell, ...grammarsOf(name).flatMap((each) => withImports(named(`prism-${each}`)))]),
    );
    expect(totals.length).toBeGreaterThan(40);
    expect(Math.max(...totals)).toBeLessThan(SCRIPT_BUDGET);
  });
});

describe("what is served", () => {
  test(
    "every file, whole, with its type and how long it may be kept",
    ofAll(async (url) => {
      for (const { path, bytes } of files) {
        const answer = await fetch(url + addressIn(path));
        expect([path, answer.status]).toEqual([path, 200]);
        expect(await bytesOf(answer)).toEqual(bytes);
        const kept = path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
        expect([path, answer.headers.get("cache-control")]).toEqual([path, kept]);
        expect(answer.headers.get("content-type")).toMatch(
          /^(text\/(html|javascript|css); charset=utf-8|image\/(svg\+xml|png)|application\/manifest\+json)$/,
        );
      }
    }),
  );

  test(
    "under a policy that allows our own files alone, sniffed and framed by nobody",
    ofAll(async (url) => {
      const { headers } = await fetch(url);
      const policy = headers.get("content-security-policy") ?? "";
      for (const rule of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"])
        expect(policy.split("; ")).toContain(rule);
      expect(policy).toContain("base-uri 'none'; form-action 'self'; frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|nonce|\*|https?:/);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("strict-transport-security")).toStartWith("max-age=");
    }),
  );

  test(
    "HEAD says the same without the bytes; other methods and other names are not there",
    ofAll(async (url) => {
      const script = files.find(({ path }) => path.endsWith(".js"))?.path ?? "";
      for (const path of ["/", script]) {
        const [got, head] = [await fetch(url + path), await fetch(url + path, { method: "HEAD" })];
        await bytesOf(got);
        expect([head.status, (await bytesOf(head)).length]).toEqual([200, 0]);
        for (const name of ["content-type", "cache-control", "content-security-policy"])
          expect(head.headers.get(name)).toBe(got.headers.get(name));
        expect((await fetch(url + path, { method: "POST", body: "x" })).status).toBe(404);
      }
      for (const path of [
        "/index.html",
        "/assets/none-00000000.js",
        "/assets/none",
        "/page/index.html",
        "/model/table-000.i8",
        "/assets/table-000.i8",
      ])
        expect([path, (await fetch(url + path)).status]).toEqual([path, 404]);
    }),
  );

  test("compressed by serve, where the browser takes it", async () => {
    const url = servers.find(({ name }) => name === "serve")?.url ?? "";
    const script = firstScript().path;
    const plain = await fetch(url + script, { headers: { "accept-encoding": "identity" } });
    expect([plain.headers.get("content-encoding"), plain.headers.get("vary")]).toEqual([null, "accept-encoding"]);
    await bytesOf(plain);
    const small = await fetch(url + script, { headers: { "accept-encoding": "br, gzip" }, decompress: false });
    expect(small.headers.get("content-encoding")).toBe("gzip");
    expect((await bytesOf(small)).length).toBeLessThan(SCRIPT_BUDGET);
  });
});

describe("the description of the API", () => {
  test(
    "is there without a key, and asked again it is not sent again",
    ofAll(async (url) => {
      const address = `${url}/v1/openapi.json`;
      const answer = await fetch(address);
      expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/json"]);
      expect(answer.headers.get("cache-control")).toBe("public, max-age=300");
      expect(await answer.json()).toEqual(openApiDocument(version));
      const etag = answer.headers.get("etag") ?? "";
      const again = await fetch(address, { headers: { "if-none-match": etag } });
      expect([again.status, again.headers.get("etag"), (await bytesOf(again)).length]).toEqual([304, etag, 0]);
      expect((await fetch(address, { headers: { "if-none-match": '"another"' } })).status).toBe(200);
      expect((await fetch(`${url}/openapi.json`)).status).toBe(404);
    }),
  );
});
