/** `repobase licenses` in-process, against what the bundler says the program is made of. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { bundledPackages } from "../../scripts/notices/bundled.ts";
import { runMain } from "../helpers/run-main.ts";

interface Component {
  readonly kind: string;
  readonly name: string;
  readonly version: string | null;
  readonly license: string;
}

const root = join(import.meta.dir, "../..");

async function list(): Promise<Component[]> {
  const { code, stdout, stderr } = await runMain(["licenses", "--json"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout);
}

test("every bundled package is listed with its version and licence", async () => {
  const bundled = await bundledPackages(root);
  const names = bundled.map(({ name }) => name);
  for (const name of ["@lancedb/lancedb", "onnxruntime-node", "isomorphic-git", "clipanion", "hono", "fzstd"])
    expect(names).toContain(name);
  const listed = (await list()).filter(({ kind }) => kind === "package");
  expect(listed.map(({ name, version }) => ({ name, version }))).toEqual(
    bundled.map(({ name, version }) => ({ name, version })),
  );
});

test("every embedded grammar is listed, by its own name or its package's", async () => {
  const components = await list();
  const isListed = (wanted: string) => components.some(({ name }) => name === wanted);
  const grammars = (await bundledPackages(root)).flatMap(({ name, assets }) =>
    assets.filter((asset) => asset.endsWith(".wasm")).map((asset) => ({ name, asset })),
  );
  expect(grammars.length).toBeGreaterThan(20);
  for (const { name, asset } of grammars) {
    const grammar = /([^/]+)\.wasm$/.exec(asset)?.[1] ?? "";
    expect({ asset, listed: isListed(grammar) || name.endsWith(grammar) }).toEqual({ asset, listed: true });
  }
});

test("what is inside the native parts is listed: Bun, its engine, the Rust crates", async () => {
  const components = await list();
  expect(components).toContainEqual({ kind: "library", name: "Bun", version: Bun.version, license: "MIT" });
  expect(components.find(({ name }) => name.startsWith("JavaScriptCore"))?.license).toStartWith("LGPL");
  expect(components.filter(({ kind }) => kind === "crate").length).toBeGreaterThan(400);
  expect(components.every(({ license }) => license !== "")).toBe(true);
});

test("the text holds a licence text or a reference to one for each package", async () => {
  const { code, stdout } = await runMain(["licenses"]);
  expect(code).toBe(0);
  expect(stdout).toBe(await Bun.file(join(root, "THIRD_PARTY_NOTICES")).text());
  for (const { name, version, license } of (await list()).filter(({ kind }) => kind === "package")) {
    const section = stdout.split(`\n${name} ${version}: `)[1]?.split(/^={80}$/m)[1] ?? "";
    expect({ name, license, hasText: section.length > 100 || section.includes("The same text as of") }).toMatchObject({
      name,
      hasText: true,
    });
  }
});
