// Every error that a user can meet says what to do next, and every command that a hint names is one of ours, with flags that it has.
import { expect, test } from "bun:test";
import { Glob } from "bun";
import { Cli, type Definition } from "clipanion";
import { join } from "node:path";
import { Writable } from "node:stream";
import { loadAllCommands } from "../../src/commands/load-commands.ts";
import { ERROR_TABLE, type ErrorCode, RepobaseError } from "../../src/protocol/errors.ts";
import { NEXT_STEPS } from "../../src/report/next-step.ts";
import { Report } from "../../src/report/report.ts";

const CODES = Object.keys(ERROR_TABLE) as ErrorCode[];
/** Their messages are the step, or each failure was told with its own; `length_required` only other programs meet. */
const WITHOUT: readonly ErrorCode[] = ["partial", "problems_found", "length_required", "interrupted"];

function told(error: RepobaseError, json = false): string {
  let text = "";
  const out = new Writable({
    write(chunk: Uint8Array, _, done) {
      text += new TextDecoder().decode(chunk);
      done();
    },
  });
  new Report({ stdout: out, stderr: out, json, verbosity: "quiet", env: {} }).error(error);
  return text;
}

test("an error of any code is told with a next step: its own, else the one of its code", () => {
  expect(CODES.filter((code) => NEXT_STEPS[code] === null).toSorted()).toEqual([...WITHOUT].toSorted());
  for (const code of CODES) {
    expect(told(new RepobaseError(code, "it failed", { hint: "its own" }))).toBe("error: it failed\n  hint: its own\n");
    if (!WITHOUT.includes(code)) expect(told(new RepobaseError(code, "it failed"))).toContain("\n  hint: ");
    if (!WITHOUT.includes(code))
      expect(JSON.parse(told(new RepobaseError(code, "it failed"), true))).toHaveProperty("hint", NEXT_STEPS[code]);
  }
});

const definitions = Cli.from([...(await loadAllCommands())]).definitions();
const nameOf = ({ path }: Definition): string => path.replace(/^\S+ ?/, "");

/** What is wrong with a command line of a hint; undefined: nothing. */
function faultOf(line: string): string | undefined {
  const words = line.split(/\s+/);
  const found = [3, 2, 1]
    .map((count) => definitions.find((each) => nameOf(each) === words.slice(0, count).join(" ")))
    .find((each) => each !== undefined);
  const isGroup = definitions.some((each) => nameOf(each).startsWith(`${words[0]} `));
  if (found === undefined) return isGroup || words[0] === "ls" ? undefined : `there is no command "${words[0]}"`;
  const flags = new Set(found.options.flatMap(({ definition }) => definition.replace(/ .*/, "").split(",")));
  const wrong = words
    .filter((word) => word.startsWith("--"))
    .find((word) => !flags.has(word.replace(/[=,;:.)]+.*$/, "")));
  return wrong && `${nameOf(found)} has no ${wrong}`;
}

test("every command in the hints, advice and fixes of the whole program exists, with its flags", async () => {
  const root = join(import.meta.dir, "../../src");
  const faults: string[] = [];
  let seen = 0;
  for await (const path of new Glob("**/*.ts").scan(root)) {
    if (/^(page|lab|commands\/shell)\//.test(path)) continue;
    const text = (await Bun.file(join(root, path)).text()).replace(/\/\*[\s\S]*?\*\//g, "");
    // after "with:" and the like, up to the end of the text or the next part of the sentence
    for (const { 1: line = "", index } of text.matchAll(
      /\brepobase ((?:[a-z][a-z-]*)(?: (?:--?[a-z][a-z-]*|[a-z][a-z-]*|<[^>]*>|\$\{[^}]*\}))*)/g,
    )) {
      const isAdvice = /(with|see|by|at|:|allow|again|it|or|,) $/.test(text.slice(0, index));
      // `k` is the alias of an example
      if (!isAdvice || line.startsWith("k ")) continue;
      seen++;
      const fault = faultOf(line);
      if (fault !== undefined) faults.push(`${path}: repobase ${line}: ${fault}`);
    }
  }
  expect(faults).toEqual([]);
  expect(seen).toBeGreaterThan(60);
});
