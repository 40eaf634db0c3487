/**
 * Makes golden-vectors.json: `REFERENCE=<folder of reference.mjs and the model files> bun tests/embed/make-golden-vectors.ts`.
 * (An argument would start the reference's own command line.) The reference is the dense encoder that came with the weights; it is not part of this repository.
 */
import { join, resolve } from "node:path";
import { passageText } from "../../src/embed/passage.ts";

const folder = resolve(process.env["REFERENCE"] ?? ".");
const file = (name: string) => Bun.file(join(folder, name));
const { loadModel, embed } = (await import(join(folder, "reference.mjs"))) as {
  loadModel: (vocabulary: string, config: unknown, table: Int8Array, scale: Float32Array) => unknown;
  embed: (model: unknown, text: string, document: boolean) => Float32Array;
};
const model = loadModel(
  (await file("vocab.txt").text()).replace(/\n$/, ""),
  await file("model.json").json(),
  new Int8Array(await file("table.i8").arrayBuffer()),
  new Float32Array(await file("scale.f32").arrayBuffer()),
);

const root = join(import.meta.dir, "../..");
const source = async (path: string) => (await Bun.file(join(root, path)).text()).slice(0, 6000);
const documents = [
  passageText({
    path: "src/embed/word-pieces.ts",
    symbol: "WordPieces.cut",
    contents: await source("src/embed/word-pieces.ts"),
  }),
  passageText({ path: "src/search/terms.ts", symbol: null, contents: await source("src/search/terms.ts") }),
  passageText({
    path: "node_modules/hono/dist/hono-base.js",
    symbol: "Hono",
    contents: await source("node_modules/hono/dist/hono-base.js"),
  }),
  "README.md\n# Title\n\nPlain prose, with URLs and IDs, an HTTPServer and a 1234567890 number.\r\n",
  "a.py f\n    # comment line\n\t* starred\n-- sql\n## heading\n#!shebang\n/ not\ndef f(self, x_1): return g (x)\n",
  "x.txt\nnaïve café 使用函数 🙂🙂 \ud800 ’quoted’ ß",
  `repeat.js\n${"value = value + value; ".repeat(120)}`,
  "URLs",
  "ABCs ABs ABsx Abc aBC aB1c2D __init__ ( foo( foo_bar9( (",
  "\n\n\n   \n// only a comment",
  "",
  "日",
];
const queries = [
  "how does the tokenizer split camelCase identifiers",
  "parseHTTPHeader",
  "open a table from its manifest and read the footer of each data file, then the column metadata, then the pages",
  "error",
  "",
  "!!!",
  "naïve café 使用函数",
  "the ".repeat(200),
];
const golden = (texts: string[], document: boolean) =>
  texts.map((text) => {
    const vector = embed(model, text, document);
    return { text, vector: new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength).toBase64() };
  });
await Bun.write(
  join(import.meta.dir, "golden-vectors.json"),
  `${JSON.stringify({ documents: golden(documents, true), queries: golden(queries, false) }, null, 1)}\n`,
);
