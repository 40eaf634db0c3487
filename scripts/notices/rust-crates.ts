/** The crates in LanceDB's native library, from the page that its npm package brings (made by cargo-about). */
import type { Component, Notice } from "./component.ts";

const LICENSE =
  /<h3 id="(?<id>[^"]+)">.*?<ul class="license-used-by">(?<users>.*?)<\/ul>\s*<pre class="license-text">(?<text>.*?)<\/pre>/gs;
const USER = /<li><a href="[^"]*">(?<name>\S+) (?<version>\S+)<\/a><\/li>/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#x27": "'", "#39": "'" };

/**
 * @returns the crates, each once, by name; and the texts, each once. The Apache License is left out of the texts: its
 * copies differ in nothing but white space and the example of a notice, and the notices hold it anyway.
 */
export function readCrates(html: string): { crates: Component[]; notices: Notice[] } {
  const licenses = new Map<string, Set<string>>();
  const usersByText = new Map<string, { id: string; text: string; users: string[] }>();
  for (const { groups } of html.matchAll(LICENSE)) {
    const { id = "", users = "", text = "" } = groups ?? {};
    const crates = [...users.matchAll(USER)].map((user) => `${user.groups?.name} ${user.groups?.version}`);
    if (crates.length === 0) throw new Error(`the page of crates is not as expected: nobody uses a text of ${id}`);
    for (const crate of crates) licenses.set(crate, (licenses.get(crate) ?? new Set()).add(id));
    if (id === "Apache-2.0") continue;
    const plain = text.replace(/&([#\w]+);/g, (entity, name: string) => ENTITIES[name] ?? entity).trim();
    const key = plain.replace(/\s+/g, " ");
    const known = usersByText.get(key);
    if (known) known.users.push(...crates);
    else usersByText.set(key, { id, text: plain, users: crates });
  }
  if (licenses.size === 0) throw new Error("the page of crates is not as expected: it lists none");
  const crates = [...licenses].map(([crate, ids]): Component => {
    const [name = "", version = ""] = crate.split(" ");
    return { kind: "crate", name, version, license: [...ids].toSorted().join(" AND ") };
  });
  const notices = [...usersByText.values()].map(({ id, text, users }) => ({
    title: `${id}: ${users.join(", ")}`,
    text,
  }));
  return { crates: crates.toSorted((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1)), notices };
}
