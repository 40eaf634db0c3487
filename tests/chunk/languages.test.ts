/** The language files, each with its sample in fixtures/languages/: see src/chunk/languages/language.ts. */
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CHUNK_SIZES, CHUNKER, type ChunkSizes } from "../../src/chunk/chunk.ts";
import { chunkFile } from "../../src/chunk/chunk-file.ts";
import { decodeFileText } from "../../src/text/file-text.ts";
import { LANGUAGES } from "../../src/chunk/languages/index.ts";
import { type Grammar, type Syntax, words } from "../../src/chunk/languages/language.ts";
import { SyntaxParser } from "../../src/chunk/syntax-parser.ts";
import { rowTerms } from "../../src/search/terms.ts";
import { expectWhole } from "./expect-whole.ts";

const parser = new SyntaxParser();
const root = join(import.meta.dir, "../..");
const samples = join(root, "fixtures/languages");
/** Small enough that every definition of a sample stands alone. */
const TINY: ChunkSizes = { chars: 160, lines: 8, smallChars: 1, giantLineChars: 6000 };

const chunksOf = (path: string, text: string, sizes?: ChunkSizes) => chunkFile({ path, text }, parser, sizes);
const sample = (name: string) => decodeFileText(readFileSync(join(samples, name)));

const files = LANGUAGES.flatMap((language) => language.files);
const grammars = new Set(files.flatMap(({ grammar }) => grammar ?? []));

describe("the list", () => {
  const twice = (list: readonly string[]) => list.filter((item, i) => list.indexOf(item) !== i);

  test("names no language, extension, file name or grammar twice", () => {
    expect(twice(LANGUAGES.map(({ name }) => name))).toEqual([]);
    expect(twice(files.flatMap(({ extensions }) => words(extensions)))).toEqual([]);
    expect(twice(files.flatMap(({ names }) => words(names)))).toEqual([]);
    expect(twice([...grammars].map(({ name }) => name))).toEqual([]);
  });

  test("is in lower case, as paths are compared so", () => {
    for (const { extensions = "", names = "" } of files)
      expect(`${extensions}${names}`).toBe(`${extensions}${names}`.toLowerCase());
  });

  test("has every file of the folder", () => {
    const known = new Set(["index", "language", "naming", "c-rules", "by-lines", ...LANGUAGES.map(({ name }) => name)]);
    const names = readdirSync(join(root, "src/chunk/languages")).map((file) => file.replace(".ts", ""));
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  });
});

describe("every node type that a language names is one of its grammar's", () => {
  for (const grammar of grammars)
    test(grammar.name, async () => {
      const types = await nodeTypesOf(grammar);
      expect(typesOf(grammar.syntax).filter((type) => !types.has(type))).toEqual([]);
    });
});

async function nodeTypesOf(grammar: Grammar): Promise<ReadonlySet<string>> {
  const tree = await parser.parse(grammar, "");
  if (tree === null) throw new Error(`no tree of ${grammar.name}`);
  const { language } = tree;
  tree.delete();
  return new Set(Array.from({ length: language.nodeTypeCount }, (_, id) => language.nodeTypeForId(id) ?? ""));
}

const typesOf = ({ wrappers, containers, lists, clauses, comments, annotations, definitions }: Syntax): string[] => [
  ...definitions.keys(),
  ...wrappers,
  ...containers,
  ...lists,
  ...clauses,
  ...comments,
  ...annotations,
];

describe("a sample's chunks joined are the sample", () => {
  for (const name of readdirSync(samples)) {
    test(name, async () => {
      const bytes = readFileSync(join(samples, name));
      for (const sizes of [CHUNK_SIZES, TINY]) expectWhole(await chunksOf(name, sample(name), sizes), bytes);
    });
  }
});

describe("symbols", () => {
  const expected: Record<string, string[]> = {
    "greeter.py": ["Greeter", "Greeter.greet", "Greeter.greet_all", "main"],
    "queue.ts": [
      "Task",
      "Listener",
      "TaskQueue",
      "TaskQueue.constructor",
      "TaskQueue.add",
      "TaskQueue.idle",
      "delayed",
      "createQueue",
    ],
    "counter.tsx": ["CounterProps", "Counter", "Twice"],
    "emitter.js": ["Emitter", "Emitter.prototype.on", "Emitter.prototype.emit", "once"],
    "server.go": ["Server", "New", "Server.ServeHTTP"],
    "shapes.rs": ["Shape", "Circle", "tests", "tests.unit_circle"],
    "Account.java": ["Account", "Account.Account", "Account.book", "Account.balance", "Account.Kind"],
    "Inventory.cs": ["Inventory", "Inventory.Count", "Inventory.Inventory", "Inventory.Add"],
    "ring.c": ["ring_t", "next", "ring_push", "ring_copy"],
    "matrix.cpp": ["Matrix", "Matrix.rows", "Matrix.Matrix", "Matrix.at", "clamp"],
    "mailer.php": ["Transport", "Mailer", "Mailer.__construct", "Mailer.sendAll", "normalize_address"],
    "inventory.rb": ["Shop", "Shop.Item", "Shop.Item.initialize", "Shop.Item.free", "Shop.Item.free?", "Shop.total"],
    "deploy.sh": ["log", "build", "upload"],
    "backup.ps1": ["Get-BackupName", "New-Backup"],
    "Garden.kt": [
      "Thirst",
      "Thirst.over",
      "Plant",
      "Plant.grow",
      "Plant.Tomato",
      "Plant.Tomato.grow",
      "Bed",
      "Garden",
      "Garden.heights",
      "Garden.constructor",
      "Garden.water",
      "Garden.Seeds",
      "Shed",
      "List.shaded",
      "Garden.isEmpty",
    ],
    "Harbour.swift": [
      "Berth",
      "Berth.moor",
      "Signal",
      "Signal.mayEnter",
      "Harbour",
      "Harbour.capacity",
      "Harbour.init",
      "Harbour.deinit",
      "Harbour.admit",
      "Harbour.subscript",
      "Tide",
      "Tide.+",
      "Tide.Direction",
      "Harbour.description",
      "Harbour.leave",
      "Pilot",
      "Fleet",
      "atSea",
    ],
    "Bakery.scala": [
      "Oven",
      "Oven.bake",
      "Oven.bakeBoth",
      "Loaf",
      "Bread",
      "Bread.slices",
      "Bread.crust",
      "Bread.Basket",
      "Bread.heaviestFirst",
      "Bread.unapply",
      "prices",
    ],
    "Market.scala": ["Fruit", "Fruit.ripe", "Shows", "fruitShows", "given_Ordering_Fruit", "open"],
    "turnstile.ex": [
      "Turnstile",
      "Turnstile.state",
      "Turnstile.beep",
      "Turnstile.start_link",
      "Turnstile.handle_call",
      "Turnstile.check",
      "Turnstile.<~>",
      "Turnstile.twice",
      "Turnstile.is_child",
      "Turnstile.now",
      "Turnstile.Jammed",
      "Fare",
      "Fare.Child",
    ],
    "radio.lua": ["tune", "louder", "clamp", "noise", "quiet", "hum", "battery", "on_close"],
    "arena.zig": [
      "Arena",
      "Arena.init",
      "Arena.deinit",
      "Arena.Mark",
      "Arena.Mark.eql",
      "Failure",
      "Kind",
      "Kind.of",
      "Slot",
      "List",
      "List.last",
      "arena_version",
    ],
    "Orchard.hs": [
      "Tree",
      "Basket",
      "Yield",
      "Grows",
      "Grows.Tree",
      "Show.Basket",
      "harvest",
      "<+>",
      "orchard",
      "Tool",
      "Fruit",
    ],
    "ferry.dart": [
      "Listener",
      "Position",
      "Vessel",
      "Lights",
      "Ferry",
      "Ferry.Ferry",
      "Ferry.empty",
      "Ferry.named",
      "Ferry.cars",
      "Ferry.cast",
      "Ferry.compare",
      "Loading",
      "crossings",
    ],
    "Tombola.sol": [
      "IDraw",
      "Numbers",
      "Numbers.below",
      "Ticket",
      "SoldOut",
      "Tombola",
      "Tombola.Phase",
      "Tombola.Sold",
      "Tombola.onlyOwner",
      "Tombola.constructor",
      "Tombola.draw",
      "Tombola.receive",
    ],
    "settings.ini": ["paths", "server"],
    "theme.css": [],
    "guide.md": ["Ferry", "Ferry.Install", "Ferry.Usage", "Ferry.Usage.Retries", "Ferry.Design"],
    "crlf_bom.py": ["Rocket"],
  };
  for (const [name, symbols] of Object.entries(expected)) {
    test(name, async () => {
      const found = new Set((await chunksOf(name, sample(name), TINY)).map((c) => c.symbol));
      found.delete(null);
      expect(found).toEqual(new Set(symbols));
    });
  }

  test("every sample is listed here", () => {
    expect(Object.keys(expected).sort()).toEqual(readdirSync(samples).sort());
  });

  test("a chunk carries the definition its lines stand in", async () => {
    const chunks = await chunksOf("queue.ts", sample("queue.ts"), TINY);
    const add = chunks.filter((c) => c.symbol === "TaskQueue.add");
    expect(add[0]?.contents).toStartWith("  /** Resolves with the task's own result. */\n  add<T>(");
    expect(add.at(-1)?.contents).toEndWith("    return done;\n  }\n\n");
  });
});

/**
 * Rows of an index stay as they are until its chunker has another name: a chunk, symbol or term that changes without a new
 * name in `CHUNKER` would mix two kinds of rows in one table. New samples are added; a line is changed only with that name.
 */
test("rows change only with the chunker's name", async () => {
  const hashes: Record<string, string> = {};
  for (const path of readdirSync(samples).sort()) {
    const rows = [];
    for (const sizes of [CHUNK_SIZES, TINY])
      for (const chunk of await chunksOf(path, sample(path), sizes))
        rows.push({ ...chunk, terms: rowTerms({ path, ...chunk }) });
    hashes[path] = new Bun.CryptoHasher("sha256").update(JSON.stringify(rows)).digest("hex").slice(0, 16);
  }
  expect({ chunker: CHUNKER, ...hashes }).toMatchInlineSnapshot(`
    {
      "Account.java": "7221612879fe6037",
      "Bakery.scala": "948834ed0e443a4d",
      "Garden.kt": "4148db7fd60ce79a",
      "Harbour.swift": "717be644cf44c644",
      "Inventory.cs": "e857a3d1b95a6b5e",
      "Market.scala": "72fe90ea2d6882e5",
      "Orchard.hs": "07dfe392df26c8e3",
      "Tombola.sol": "32d66e20430b587b",
      "arena.zig": "3190569ab8d043e4",
      "backup.ps1": "4feaf60ea980c6b2",
      "chunker": "syntax-4",
      "counter.tsx": "18f401b15f146b21",
      "crlf_bom.py": "a7d919e37977882b",
      "deploy.sh": "71760dd41b396cb8",
      "emitter.js": "58c32ae7b7bd1815",
      "ferry.dart": "33726fabe3eba979",
      "greeter.py": "0936a7c4937c9ce2",
      "guide.md": "f597ff95cd9a7e24",
      "inventory.rb": "7369e2adca8c9148",
      "mailer.php": "3a5e327a5861c2a7",
      "matrix.cpp": "c694a98f64c2eda2",
      "queue.ts": "855b95a3745141c2",
      "radio.lua": "28a032054981c098",
      "ring.c": "8b19c3e3d2024e00",
      "server.go": "53d7243147937bdc",
      "settings.ini": "597da75327af84e0",
      "shapes.rs": "56a98fe304530479",
      "theme.css": "494baac8c2903185",
      "turnstile.ex": "2524a9cc60cd67f2",
    }
  `);
});
