/**
 * The plan of the house: every room, what it is for, and which rooms it may import. `check-imports.ts` enforces it and
 * keeps the table in ARCHITECTURE.md equal to it (`bun scripts/check-imports.ts --write` writes the table).
 */

export interface Room {
  /** A folder below `src/`, or a file of it without `.ts`; `worker` is the folder beside `src`. */
  readonly name: string;
  readonly purpose: string;
  /** Rooms it may import; an entry with a file name allows that file only. A room may always import itself. */
  readonly imports: readonly string[];
}

const PORCELAIN_BASE = ["home", "models", "remote", "plumbing", "store", "files", "protocol"];

export const ROOMS: readonly Room[] = [
  {
    name: "main",
    purpose: "the program: what needs no parser runs at once, all else as a command line; exits",
    imports: ["command-line", "commands/direct/direct-commands", "commands/direct/run-direct", "restart-tuned"],
  },
  {
    name: "command-line",
    purpose: "a command line to its exit code: settings, clipanion, signals",
    imports: ["commands", "report", "protocol", "restart-tuned", "version"],
  },
  { name: "restart-tuned", purpose: "starts `add` again with the engine's settings", imports: ["embedded"] },
  { name: "embedded", purpose: "does a path lie inside the compiled binary?", imports: [] },
  { name: "version", purpose: "the program's version", imports: [] },
  {
    name: "commands",
    purpose: "one clipanion class per file, the path mirrors the command line: flags, help, one call",
    imports: [
      "text",
      "porcelain/indexing",
      "porcelain/watch",
      "porcelain/search",
      "porcelain/sync",
      "porcelain/cloud",
      "porcelain/agents",
      "porcelain/doctor",
      "embedded",
      // a completion script is put into its place
      "files/write-file-atomic",
      "plumbing",
      "models",
      "remote",
      // here or in the cloud
      "store/object-store",
      "home",
      "report",
      "protocol",
      "tui",
      "version",
    ],
  },
  {
    name: "sdk",
    purpose: '`import { CloudSync } from "repobase"`: the RFC\'s service for programs, over porcelain',
    imports: ["porcelain/search", "porcelain/sync", "porcelain/cloud", "remote", "home", "protocol"],
  },
  {
    name: "tui",
    purpose:
      "the full screen on a terminal: state, picture, what is done beside it. The only user of OpenTUI; calls porcelain",
    imports: [
      "porcelain/indexing",
      "porcelain/search",
      "porcelain/sync",
      "porcelain/cloud",
      "porcelain/folder",
      // which follow their folders while it is open
      "porcelain/watch",
      "home",
      "report",
      "text",
      "protocol",
      "embedded",
      "files/unpack-native",
      // pure, and the same for both screens
      "page/code-spans",
      "page/highlight",
      "page/host-link",
      "page/permalink",
      "page/words",
      // what push, pull and index say they did
      "commands/describe-index",
      "commands/describe-sync",
    ],
  },
  {
    name: "porcelain/indexing",
    purpose: "add and index: what is read, made and recorded",
    imports: [
      ...PORCELAIN_BASE,
      "porcelain/folder",
      "ingest",
      "table",
      "source",
      "chunk",
      "git/objects",
      "git/transport",
      "embed",
      "version",
    ],
  },
  {
    name: "porcelain/watch",
    purpose: "the index follows its folder: watching it, and git hooks that index",
    imports: [...PORCELAIN_BASE, "porcelain/indexing", "porcelain/folder", "git/objects"],
  },
  {
    name: "porcelain/search",
    purpose: "search and show, local or remote",
    imports: [...PORCELAIN_BASE, "porcelain/folder", "search", "lookup", "chat"],
  },
  {
    name: "porcelain/sync",
    purpose: "push, pull, status, repair and purge",
    imports: [...PORCELAIN_BASE, "porcelain/indexing", "porcelain/folder", "gc", "table", "search/path-glob"],
  },
  {
    name: "porcelain/cloud",
    purpose: "login, enable, remove, serve",
    // the page, when the program runs from source
    imports: [
      ...PORCELAIN_BASE,
      "porcelain/folder",
      "porcelain/search/own-model",
      "server",
      "chat",
      "scripts/build-page",
    ],
  },
  {
    name: "porcelain/agents",
    purpose: "the tools of agents over stdio, and how their configuration learns of them",
    imports: [...PORCELAIN_BASE, "porcelain/search", "porcelain/watch", "search/browse/line-diff", "lookup", "mcp"],
  },
  {
    name: "porcelain/doctor",
    purpose: "what is wrong on this machine, check by check: program, home, git, repositories, cloud",
    // native parts are loaded to see whether they can be
    imports: [
      ...PORCELAIN_BASE,
      "porcelain/folder",
      "table",
      "embed/onnx/runtime",
      "chunk/chunk",
      "embedded",
      "version",
    ],
  },
  {
    name: "porcelain/folder",
    purpose:
      "the folder behind an index: which checkout, what git calls its commits, what is uncommitted, what has changed",
    imports: ["home", "store", "files", "protocol", "source", "git/objects"],
  },
  {
    name: "plumbing",
    purpose: "one sync step each, with a stable text contract ([docs/PLUMBING.md](docs/PLUMBING.md))",
    // verify-manifest reads packs
    imports: ["store", "files", "pack/check-pack", "protocol"],
  },
  {
    name: "gc",
    purpose: "what of an index nobody needs any more: mark, plan, wait, delete; at home and in a bucket",
    imports: ["search/find-commit", "search/current-ref", "store", "protocol"],
  },
  {
    name: "server",
    purpose: "the Hono app, free of any runtime: routes, keys, limits, page. `worker/` and `repobase serve` mount it",
    imports: ["chat", "mcp", "lookup", "search", "gc", "store", "bytes", "text", "protocol", "table/set-version"],
  },
  {
    name: "openapi",
    purpose:
      "what every route is, for those who write programs: the OpenAPI document, made with the page. Not part of the server",
    imports: ["server", "protocol"],
  },
  {
    name: "chat",
    purpose:
      "answers with citations: what is found, what the model looks up further, what its `[n]` stand for; the model's client",
    imports: ["lookup", "text", "protocol"],
  },
  {
    name: "page",
    purpose: "the page at `/`: runs in the browser, asks the server's API. The only user of preact and Prism",
    imports: ["text", "protocol"],
  },
  {
    name: "remote",
    purpose: "the HTTP client: an ObjectStore over the API, and API calls",
    imports: ["store", "bytes", "protocol", "version"],
  },
  {
    name: "ingest",
    purpose: "source tree to rows: plan, parse pool, embed, append",
    imports: ["source", "chunk", "table", "embed", "search", "files", "text", "protocol", "embedded"],
  },
  {
    name: "table",
    purpose: "the Lance table as we write it, and its search packs. The only user of LanceDB",
    imports: ["lance", "pack", "search/terms", "store", "files", "bytes", "protocol"],
  },
  {
    name: "source",
    purpose: "what is in a folder or commit: walk, ignore rules, selection, secrets, fingerprint",
    imports: ["git/objects", "git/worktree", "files", "text", "protocol"],
  },
  {
    name: "chunk",
    purpose: "text to chunks and definitions. The only user of tree-sitter",
    imports: ["text", "protocol"],
  },
  {
    name: "models",
    purpose: "embedding models on this machine: add, list, open",
    imports: ["embed", "home", "files", "protocol"],
  },
  {
    name: "home",
    purpose: "`~/.repobase`: configuration, credentials, locks",
    imports: ["store", "files", "protocol"],
  },
  {
    name: "git/worktree",
    purpose: "the git index and the state of a work tree",
    imports: ["git/objects", "files", "text", "protocol"],
  },
  {
    name: "git/transport",
    purpose: "clone and fetch. The only user of isomorphic-git",
    imports: ["git/objects", "files", "text", "protocol"],
  },
  {
    name: "git/objects",
    purpose: "commits, trees, blobs, packs and refs of a repository on disk",
    imports: ["files", "text", "protocol"],
  },
  {
    name: "search",
    purpose: "the engine: terms, BM25, vectors, ranking, snippets",
    imports: ["lance", "pack", "store", "bytes", "text", "protocol"],
  },
  {
    name: "mcp",
    purpose: "the Model Context Protocol: one stateless `answer`, over stdio and HTTP, in both eras of the protocol",
    imports: ["lookup", "protocol", "version"],
  },
  {
    name: "lookup",
    purpose: "what an agent may look up in indexes: four read-only tools over one `Library`; MCP and chat use them",
    imports: ["search", "text", "protocol"],
  },
  {
    name: "pack",
    purpose: "search packs: their bytes, both ways, and what they decode to",
    imports: ["lance/codecs/zstd", "lance/little-endian", "protocol"],
  },
  { name: "lance", purpose: "the Lance reader: bytes in, values out", imports: ["bytes", "protocol"] },
  {
    name: "embed",
    purpose: "the `Embedder` contract: the built-in static model (pure TypeScript), ONNX (CLI only)",
    imports: ["text", "files", "protocol", "embedded"],
  },
  {
    name: "store",
    purpose: "the `ObjectStore` contract: memory, directory; retry, statistics",
    imports: ["files", "bytes", "protocol"],
  },
  { name: "bytes", purpose: "the `ByteSource` contract, its sources and decorators", imports: ["protocol"] },
  {
    name: "files",
    purpose: "atomic writes, locks, sweeping, errors of the file system. The only room that renames",
    imports: ["text", "protocol"],
  },
  { name: "report", purpose: "the only way out to the terminal: text, JSON, progress", imports: ["text", "protocol"] },
  { name: "text", purpose: "small text helpers", imports: [] },
  {
    name: "protocol",
    purpose: "what client and server say to each other: manifest, snapshot, ref, keys, errors",
    imports: [],
  },
  {
    name: "worker",
    purpose: "Cloudflare alone: bindings, R2, the model in assets, Workers AI",
    imports: ["server", "chat", "embed", "store", "bytes", "protocol"],
  },
];

/** Rooms, and single files, that the Worker imports or the browser runs: nothing of Bun, Node or native code. */
export const PURE: readonly RegExp[] = [
  /^src\/(protocol|lance|pack|search|gc|lookup|mcp|server|chat|text|page)\//,
  /^src\/bytes\/(?!file-)/,
  /^src\/store\/(object-store|map-bounded|object-source|with-stats|memory-store|store-key)\.ts$/,
  /^src\/embed\/(?!onnx\/|load-static)/,
  /^src\/table\/set-version\.ts$/,
  /^src\/version\.ts$/,
  /^worker\/(?!assets\/)/,
];
/** Packages a pure file may use. */
export const PURE_PACKAGES =
  /^(hono(\/.*)?|@block65\/webcrypto-web-push|fzstd|valibot|preact(\/.*)?|prismjs\/.*|cloudflare:.*)$/;

/** The only files that may touch `process.env`, and why; all others get the environment, or a value of it, as an argument. */
export const ENVIRONMENT_READERS: ReadonlyMap<string, string> = new Map([
  ["src/main.ts", "passes it to the command"],
  ["src/sdk/cloud-sync.ts", "the program that imports it may give none of its own"],
  ["src/restart-tuned.ts", "hands all of it to the process that takes its place"],
]);

/** Files whose names are a promise to other programs: they may be those of shapes of our own that have more. */
export const PUBLIC_NAMES: ReadonlySet<string> = new Set(["src/sdk/contract.ts"]);

/** package -> the only place that may import it. */
export const OWNERS: readonly (readonly [RegExp, RegExp])[] = [
  [/^(@lancedb\/lancedb|apache-arrow)$/, /^src\/table\//],
  [/^onnxruntime-node/, /^src\/embed\/onnx\//],
  [/^isomorphic-git/, /^src\/git\/transport\//],
  [/tree-sitter/, /^src\/chunk\//],
  [/^(preact|prismjs)(\/|$)/, /^src\/page\//],
  [/^@valibot\/to-json-schema$/, /^src\/openapi\//],
  [/^(jsonc-parser|smol-toml)$/, /^src\/porcelain\/agents\//],
  [/^clipanion$/, /^src\/(command-line\.ts|commands\/)/],
  [/^@opentui\//, /^src\/tui\//],
  [/^@clack\/prompts$/, /^src\/commands\//],
];
