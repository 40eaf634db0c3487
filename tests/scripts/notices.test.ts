/** The parts of the notices' generator: a package without a licence stops it; the two foreign lists are read whole. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readBunLibraries } from "../../scripts/notices/bun-libraries.ts";
import { packageNotices } from "../../scripts/notices/package-notices.ts";
import { readCrates } from "../../scripts/notices/rust-crates.ts";
import { writeFiles } from "../helpers/git-server.ts";

const dir = mkdtempSync(join(tmpdir(), "repobase-notices-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const texts = { mit: "the MIT text", apache: "the Apache text" };
const bundled = { name: "some-package", version: "1.0.0", license: "MIT", dir, assets: [] };

test("a package without a licence text is refused until it brings one", async () => {
  await writeFiles(dir, { "index.js": "" });
  expect(() => packageNotices(bundled, texts)).toThrow("some-package: no licence text");
  await writeFiles(dir, { "LICENSE.md": "MIT. Copyright somebody\r\n", NOTICE: "a notice" });
  expect(packageNotices(bundled, texts).notices).toEqual([
    { title: "some-package 1.0.0: MIT", text: "MIT. Copyright somebody\n\na notice" },
  ]);
});

test("a package that names no licence is refused", () => {
  expect(() => packageNotices({ ...bundled, license: undefined }, texts)).toThrow("names no licence");
});

test("a grammar of a collection must have its own entry", () => {
  const collection = { ...bundled, name: "@vscode/tree-sitter-wasm" };
  expect(() => packageNotices({ ...collection, assets: ["wasm/tree-sitter-klingon.wasm"] }, texts)).toThrow("klingon");
  const { components, notices } = packageNotices({ ...collection, assets: ["wasm/tree-sitter-go.wasm"] }, texts);
  expect(components[1]).toEqual({ kind: "grammar", name: "tree-sitter-go", version: "", license: "MIT" });
  expect(notices[1]?.text).toContain("Max Brunsfeld\n\nthe MIT text");
});

test("crates: each once with all its licences, each text once, entities decoded, the Apache text left out", () => {
  const license = (id: string, users: string, text: string) =>
    `<h3 id="${id}">x</h3> <ul class="license-used-by">${users}</ul>\n <pre class="license-text">${text}</pre>`;
  const user = (crate: string) => `<li><a href=" https://example.com ">${crate}</a></li>`;
  const { crates, notices } = readCrates(
    license("MIT", user("b 1.0.0") + user("a 2.0.0"), "(c) &lt;b&gt; &amp; a") +
      license("MIT", user("c 1.0.0"), "(c)  &lt;b&gt;\n&amp; a") +
      license("Apache-2.0", user("a 2.0.0"), "Apache"),
  );
  expect(crates.map(({ name, version, license: id }) => `${name} ${version} ${id}`)).toEqual([
    "a 2.0.0 Apache-2.0 AND MIT",
    "b 1.0.0 MIT",
    "c 1.0.0 MIT",
  ]);
  expect(notices).toEqual([{ title: "MIT: b 1.0.0, a 2.0.0, c 1.0.0", text: "(c) <b> & a" }]);
});

test("pages of another form are refused, not read as empty", () => {
  expect(() => readBunLibraries("# Licences\n", "1.0.0")).toThrow("not as expected");
  expect(() => readCrates("<html></html>")).toThrow("not as expected");
});
