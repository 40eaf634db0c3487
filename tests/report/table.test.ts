// Tables for people: aligned, never wider than the terminal, and nothing of it where there is none.
import { expect, test } from "bun:test";
import { Writable } from "node:stream";
import { Report } from "../../src/report/report.ts";
import { plainStyle } from "../../src/report/style.ts";
import { type TableColumn, formatTable } from "../../src/report/table.ts";

const COLUMNS: readonly TableColumn[] = [
  { title: "repository", cut: "end" },
  { title: "indexed" },
  { title: "size", right: true, drop: 1 },
  { title: "from", cut: "start", drop: 2 },
];
const ROWS = [
  ["hono-1234", "3 days ago", "12 MB", "https://github.com/honojs/hono"],
  ["資料庫-索引-很長的名字-56789012", "just now", "1.2 GB", "/home/ann/work/a/rather/long/way/down/to/the/folder"],
];
const table = (width: number, rows = ROWS) =>
  formatTable({ columns: COLUMNS, rows, width, style: plainStyle, more: "…" });

test("columns are aligned by what a terminal shows, numbers to the right", () => {
  expect(table(120)).toBe(
    [
      "REPOSITORY                       INDEXED       SIZE  FROM",
      "hono-1234                        3 days ago   12 MB  https://github.com/honojs/hono",
      "資料庫-索引-很長的名字-56789012  just now    1.2 GB  /home/ann/work/a/rather/long/way/down/to/the/folder",
      "",
    ].join("\n"),
  );
});

test("no line is wider than the terminal; what a path loses is its beginning", () => {
  // below, the two columns that are never left out have no room for their gap
  for (let width = 14; width <= 140; width++)
    for (const line of table(width).split("\n"))
      expect({ width, line, fits: Bun.stringWidth(line) <= width }).toEqual({ width, line, fits: true });
  expect(table(50).split("\n")[0]).toBe("REPOSITORY    INDEXED       SIZE  FROM");
  expect(table(50)).toMatch(/…[/a-z]+the\/folder/);
});

test("a column with nothing in it takes no room, and a name cannot command the terminal", () => {
  expect(table(80, [["a\u001b[2Jb", "now", "", ""]])).toBe("REPOSITORY  INDEXED\na\\x1b[2Jb   now\n");
});

test("a terminal gets the table and its notes, a pipe the lines for scripts, JSON the value", async () => {
  const told = async (of: { isTTY: boolean; json: boolean }) => {
    let text = "";
    const stdout = Object.assign(
      new Writable({
        write(chunk: Uint8Array, _, done) {
          text += new TextDecoder().decode(chunk);
          done();
        },
      }),
      { isTTY: of.isTTY, columns: 60 },
    );
    const report = new Report({ stdout, stderr: stdout, json: of.json, verbosity: "normal", env: { NO_COLOR: "1" } });
    await report.table([1], { columns: [{ title: "x" }], rows: [["one"]], plain: "one\ttab", notes: ["note"] });
    return text;
  };
  expect(await told({ isTTY: true, json: false })).toBe("X\none\nnote\n");
  expect(await told({ isTTY: false, json: false })).toBe("one\ttab\n");
  expect(await told({ isTTY: true, json: true })).toBe("[1]\n");
});
