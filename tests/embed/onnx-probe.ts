/**
 * Compiled by onnx-compiled.test.ts and run alone: adds the model folder given, lists and opens it, embeds each further
 * argument as a passage and the last as a query. Prints one JSON object.
 */
import { join } from "node:path";
import { addModel, listModels, openModel } from "../../src/models/model-add.ts";

const [home = "", folder = "", ...texts] = process.argv.slice(2);
const modelsDir = join(home, "models");
const started = performance.now();
const added = await addModel({ modelsDir, folder });
const embedder = await openModel(modelsDir, added.name);
const passages = await embedder.embedDocuments(texts);
const query = await embedder.embedQuery(texts.at(-1) ?? "");
await embedder.close();
const [listed] = await listModels(modelsDir);
const embedded = Bun.embeddedFiles.map((file) => ("name" in file ? String(file.name) : ""));
console.log(
  JSON.stringify({
    added,
    listed,
    passages: [...passages],
    query: [...query],
    embedded,
    ms: performance.now() - started,
  }),
);
