/** The manual pages through groff with every warning on, and through man. */
import { expect, test } from "bun:test";
import { allCommands } from "../../../scripts/man-pages.ts";
import { manualPages } from "../../../src/commands/shell/manual.ts";
import { runMain } from "../../helpers/run-main.ts";

const pages = manualPages(await allCommands());

test("a page for the program and one for each command", async () => {
  const commands = await allCommands();
  expect(pages.size).toBe(commands.length + 1);
  const said = await runMain(["man", "cloud", "login"]);
  expect(said).toEqual({ code: 0, stderr: "", stdout: pages.get("repobase-cloud-login.1") ?? "" });
  expect((await runMain(["man"])).stdout).toBe(pages.get("repobase.1") ?? "");
  expect(await runMain(["man", "serach"])).toMatchObject({ code: 2, stderr: expect.stringContaining('"search"') });
});

const groff = Bun.which("groff");
if (groff === null) console.log("groff is not here: manual pages are not set");
test.skipIf(groff === null)("groff sets all of them without a warning", async () => {
  const set = Bun.spawn(["groff", "-man", "-ww", "-Tutf8", "-Kutf8", "-P-cbou"], {
    stdin: Buffer.from([...pages.values()].join("")),
    stderr: "pipe",
  });
  const [text, warnings] = await Promise.all([set.stdout.text(), set.stderr.text()]);
  expect(warnings).toBe("");
  expect(text).toContain("repobase search");
});

test.skipIf(Bun.which("man") === null)(
  "man shows what the help says: flags, variables, examples as typed",
  async () => {
    const man = Bun.spawn(["man", "-l", "-"], {
      stdin: Buffer.from((await runMain(["man", "add"])).stdout),
      env: { ...process.env, MANWIDTH: "100", MAN_KEEP_FORMATTING: "" },
      stderr: "pipe",
    });
    const text = await man.stdout.text();
    for (const words of ["--max-file-bytes", "REPOBASE_THREADS", "repobase add https://github.com/honojs/hono"])
      expect(text).toContain(words);
  },
);
