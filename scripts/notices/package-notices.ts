/** The licence texts of bundled packages, and of the grammars that some of them collect. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { BundledPackage } from "./bundled.ts";
import type { Component, Notice } from "./component.ts";
import {
  GRAMMAR_COLLECTIONS,
  GRAMMARS,
  type KnownLicense,
  PACKAGES_WITHOUT_TEXT,
  REMARKS,
  TEXT_IN_FILE,
} from "./known.ts";

const LICENSE_FILE = /^(licen[cs]e|copying|notice|copyrightnotice)([-.].*)?$/i;

export interface Texts {
  readonly mit: string;
  readonly apache: string;
}

/** @throws Error a package that says no licence, or brings no text and is not in the table */
export function packageNotices(bundled: BundledPackage, texts: Texts): { components: Component[]; notices: Notice[] } {
  const { name, version, license } = bundled;
  if (license === undefined) throw new Error(`${name}: its package.json names no licence`);
  const text = ownText(bundled) ?? knownText(PACKAGES_WITHOUT_TEXT[name], texts);
  if (text === undefined) throw new Error(`${name}: no licence text; add it to scripts/notices/known.ts`);
  const remark = REMARKS[name];
  const grammars = GRAMMAR_COLLECTIONS.has(name) ? collectedGrammars(bundled, texts) : [];
  return {
    components: [
      { kind: "package", name, version, license: license.replace(/^\((.*)\)$/, "$1") },
      ...grammars.map(({ component }) => component),
    ],
    notices: [
      { title: `${name} ${version}: ${license}`, text: remark === undefined ? text : `${text}\n\n${remark}` },
      ...grammars.map(({ notice }) => notice),
    ],
  };
}

/** The text that the package brings. */
function ownText({ name, dir }: BundledPackage): string | undefined {
  const inFile = TEXT_IN_FILE[name];
  if (inFile !== undefined) {
    const lines = readFileSync(join(dir, inFile.file), "utf8")
      .split("\n")
      .map((line) => line.replace(/^(\/\/|>) ?/, "").replaceAll("**", ""));
    const from = lines.findIndex((line) => inFile.from.test(line));
    const to = lines.findIndex((line, i) => i >= from && inFile.to.test(line));
    if (from === -1 || to === -1) throw new Error(`${name}: no licence text in ${inFile.file}`);
    return lines.slice(from, to + 1).join("\n");
  }
  const files = readdirSync(dir).filter((file) => LICENSE_FILE.test(file));
  if (files.length === 0) return undefined;
  const bodies = files.toSorted().map((file) => readFileSync(join(dir, file), "utf8").replaceAll("\r\n", "\n").trim());
  return bodies.join("\n\n");
}

function knownText(known: KnownLicense | undefined, texts: Texts): string | undefined {
  if (known === undefined) return undefined;
  const head = [known.url, ...(known.copyright === undefined ? [] : [known.copyright])].join("\n");
  return `${head}\n\n${known.license === "MIT" ? texts.mit : texts.apache}`;
}

function collectedGrammars(bundled: BundledPackage, texts: Texts): { component: Component; notice: Notice }[] {
  return bundled.assets.map((asset) => {
    const name = /tree-sitter-([\w-]+)\.wasm$/.exec(asset)?.[1] ?? asset;
    const known = GRAMMARS[name];
    const text = knownText(known, texts);
    if (known === undefined || text === undefined)
      throw new Error(`${bundled.name}: whose is ${asset}? Add the grammar to scripts/notices/known.ts`);
    const title = `tree-sitter-${name} (in ${bundled.name} ${bundled.version}): ${known.license}`;
    return {
      component: { kind: "grammar", name: `tree-sitter-${name}`, version: "", license: known.license },
      notice: { title, text },
    };
  });
}
