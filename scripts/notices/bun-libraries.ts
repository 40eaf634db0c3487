/** What is inside Bun, the runtime in the binary: its own page on licences, which comes with its types. */
import type { Component, Notice } from "./component.ts";

/** A row of one of the page's two tables. */
const ROW = /^\| (?<name>[^|]*?) +\| (?<license>[^|]*?) +\|$/gm;
const LINK = /\[`?([^\]`]+)`?\]\([^)]*\)/g;

/** @param page Markdown */
export function readBunLibraries(page: string, version: string): { libraries: Component[]; notice: Notice } {
  const body = page.replace(/^---\n.*?\n---\n/s, "").trim();
  const rows = [...body.matchAll(ROW)].flatMap(({ groups }): Component[] => {
    const name = plain(groups?.name ?? "");
    if (/^(Library|Package|-+)$/.test(name)) return [];
    return [{ kind: "library", name: `${name} (in Bun)`, version: "", license: plain(groups?.license ?? "") }];
  });
  if (rows.length < 20 || !body.includes("JavaScriptCore"))
    throw new Error("Bun's page on licences is not as expected");
  const bun: Component = { kind: "library", name: "Bun", version, license: "MIT" };
  const engine: Component = { kind: "library", name: "JavaScriptCore (in Bun)", version: "", license: "LGPL-2.0" };
  return {
    libraries: [bun, engine, ...rows],
    notice: { title: `Bun ${version}, as its page on licences says`, text: body },
  };
}

const plain = (markdown: string): string => markdown.replace(LINK, "$1").replaceAll("`", "").trim();
