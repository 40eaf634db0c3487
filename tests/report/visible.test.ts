/* oxlint-disable no-control-regex -- these tests look for control characters */
import { describe, expect, test } from "bun:test";
import { Writable } from "node:stream";
import { RepobaseError } from "../../src/protocol/errors.ts";
import { Report } from "../../src/report/report.ts";
import { formatSearch } from "../../src/report/search-text.ts";
import { makeNameVisible, makeVisible } from "../../src/text/visible.ts";
import type { SearchResponse } from "../../src/protocol/search-api.ts";

/** What a hostile name can hold: titles (OSC 0), links (OSC 8), the clipboard (OSC 52), colours, cursor moves, direction. */
const ATTACKS: readonly (readonly [string, string])[] = [
  ["\u001b]0;owned\u0007", "\\x1b]0;owned\\x07"],
  ["\u001b]8;;http://evil\u001b\\click", "\\x1b]8;;http://evil\\x1b\\click"],
  ["\u001b]52;c;cm0gLXJm\u0007", "\\x1b]52;c;cm0gLXJm\\x07"],
  ["\u001b[31mred\u001b[0m", "\\x1b[31mred\\x1b[0m"],
  ["\u001b[2J\u001b[H", "\\x1b[2J\\x1b[H"],
  ["\u009b2J", "\\x9b2J"],
  ["rtl\u202etxt.exe", "rtl\\u{202e}txt.exe"],
  ["iso\u2066late", "iso\\u{2066}late"],
  ["zero\u200bwidth\ufeff", "zero\\u{200b}width\\u{feff}"],
  ["over\rwrite", "over\\rwrite"],
  ["back\bspace\u007f", "back\\x08space\\x7f"],
  ["tag\u{e0041}", "tag\\u{e0041}"],
  ["line\u2028sep", "line\\u{2028}sep"],
];

test("control characters become their codes; text, tabs, line feeds, CRLF and joiners stay", () => {
  for (const [attack, shown] of ATTACKS) expect(makeVisible(attack)).toBe(shown);
  const harmless = "a\tb\nc\r\nünï 日本語 🎉 👩\u200d💻 ‌x";
  expect(makeVisible(harmless)).toBe(harmless);
  expect(makeNameVisible("new\nline\ttab\r\n")).toBe("new\\nline\\ttab\\r\\n");
});

function reporting(options: { tty: boolean; json?: boolean; env?: Record<string, string> }) {
  const written = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof written) =>
    Object.assign(
      new Writable({
        write(chunk: Uint8Array, _, done) {
          written[name] += new TextDecoder().decode(chunk);
          done();
        },
      }),
      { isTTY: options.tty },
    );
  const [stdout, stderr] = [stream("stdout"), stream("stderr")];
  const report = new Report({
    stdout,
    stderr,
    json: options.json ?? false,
    verbosity: "normal",
    env: options.env ?? {},
  });
  return { report, written };
}

const response = (name: string): SearchResponse => ({
  mode: "keyword",
  warnings: [],
  results: [
    {
      repoId: `repo${name}`,
      path: `dir/${name}\nfile.ts`,
      filename: "file.ts",
      language: "typescript",
      startLine: 1,
      endLine: 1,
      symbol: `sym${name}`,
      score: 1,
      snippet: { startLine: 1, text: `code ${name}`, highlights: [[0, 4]] },
      commit: "0".repeat(40),
      chunks: [],
    },
  ],
});

/** Every way out: a result, raw bytes, a remark, a warning, an error, progress. */
function sayEverything(report: Report, name: string): void {
  report.result(null, formatSearch({ response: response(name), style: report.style, fileUrl: () => "file:///x" }));
  report.raw(`bytes ${name}`);
  report.raw(new TextEncoder().encode(`bytes ${name}`));
  report.info(`info ${name}`);
  report.warn(`warning ${name}`);
  report.progress({ label: `progress ${name}`, done: 1, total: 2, unit: "files" });
  report.error(new RepobaseError("not_found", `error ${name}\nsecond`, { hint: `hint ${name}` }));
}

describe("on a terminal", () => {
  test.each(ATTACKS)("%j", (attack) => {
    const { report, written } = reporting({ tty: true });
    sayEverything(report, attack);
    const all = written.stdout + written.stderr;
    expect(all).not.toContain(attack);
    // what is left is ours alone: styles, the link's two ends, the line of progress
    const ours = /\u001b\[(?:1|2|22|36|39|1;33|22;39)m|\u001b\]8;;(?:file:\/\/\/x#1)?\u001b\\|\r\u001b\[2K/g;
    expect(all.replace(ours, "")).not.toMatch(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e\u2066\u200b\ufeff\u2028]/,
    );
  });

  test("a name with a line feed stays on one line", () => {
    const { report, written } = reporting({ tty: true, env: { NO_COLOR: "1" } });
    sayEverything(report, "x");
    expect(written.stdout).toContain("dir/x\\nfile.ts:1-1");
    expect(written.stdout).not.toContain("\u001b");
    expect(written.stderr).toContain("error: error x\\nsecond\n");
  });
});

test("a pipe gets it exactly, and so does JSON", () => {
  const attack = "\u001b]0;owned\u0007\u202e";
  const { report, written } = reporting({ tty: false });
  sayEverything(report, attack);
  expect(written.stdout).toContain(`dir/${attack}\nfile.ts:1-1`);
  expect(written.stdout).toContain(`bytes ${attack}`);
  expect(written.stderr).toContain(`info ${attack}\n`);
  const json = reporting({ tty: true, json: true });
  json.report.result({ path: attack }, "");
  expect(JSON.parse(json.written.stdout)).toEqual({ path: attack });
});
