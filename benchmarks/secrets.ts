/**
 * How fast secrets are looked for, and what is found: `bun benchmarks/secrets.ts <folder>...`. Reads every text of at most 1 MiB
 * below the folders, then measures the same texts in turns: the rules, and one alternation of fifteen prefixes, which is what
 * version 0.1 ran (processor time, MB/s). Prints places and rules, no values.
 */
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findSecrets } from "../src/source/secrets/find-secrets.ts";
import { DEFAULT_LIMITS, selectContent, skipByName } from "../src/source/select-file.ts";

const ROUNDS = 5;
const PREFIXES =
  /PRIVATE KEY|AKIA|ASIA|gh[pousr]_|github_pat_|xox[abeprs]-|hooks\.slack\.com|[sr]k_live_|sk-|AIza|GOCSPX-|ya29\.|glpat-|npm_|pypi-|SG\./;

const files: { readonly path: string; readonly text: string }[] = [];
let bytes = 0;
for (const folder of process.argv.slice(2)) {
  for (const entry of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const full = join(folder, entry);
    const seen = lstatSync(full);
    const path = entry.replaceAll("\\", "/");
    if (!seen.isFile() || /(?:^|\/)\.git\//.test(path) || skipByName(path, seen.size) !== null) continue;
    const data = readFileSync(full);
    const selected = selectContent(path, data, { ...DEFAULT_LIMITS, secrets: "allow" });
    if ("reason" in selected) continue;
    files.push({ path, text: selected.text });
    bytes += data.length;
  }
}

const measure = (work: () => void): number => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return bytes / (user + system);
};

const rates = { rules: [] as number[], prefixes: [] as number[] };
for (let round = 0; round < ROUNDS; round++) {
  rates.rules.push(measure(() => files.forEach((file) => findSecrets(file))));
  rates.prefixes.push(measure(() => files.forEach(({ text }) => PREFIXES.test(text))));
}
const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;

let held = 0;
for (const file of files) {
  const found = findSecrets(file);
  if (found.length > 0) held++;
  for (const { start, rule } of found)
    console.log(`${file.path}:${file.text.slice(0, start).split("\n").length} ${rule.id}`);
}
console.log(
  `${files.length} files, ${(bytes / 1e6).toFixed(1)} MB, ${held} with secrets; medians of ${ROUNDS}: ` +
    `rules ${median(rates.rules).toFixed(0)} MB/s, fifteen prefixes ${median(rates.prefixes).toFixed(0)} MB/s`,
);
