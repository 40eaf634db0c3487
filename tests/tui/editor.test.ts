/** How each editor is told the line; and that a path of an index leads nowhere but into its folder. */
import { expect, test } from "bun:test";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileInFolder } from "../../src/porcelain/folder/file-in-folder.ts";
import { editorCommand } from "../../src/tui/effects/editor.ts";

test.each([
  ["vi", "vi +12 /a/b.ts", true],
  ["nvim -p", "nvim -p +12 /a/b.ts", true],
  ["nano", "nano +12 /a/b.ts", true],
  ["emacs -nw", "emacs -nw +12 /a/b.ts", true],
  ["/usr/bin/hx", "/usr/bin/hx /a/b.ts:12", true],
  ["code --wait", "code --wait --goto /a/b.ts:12", false],
  ["subl", "subl /a/b.ts:12", false],
])("%s", (editor, words, onTerminal) => {
  const { command, ...rest } = editorCommand({ editor, file: "/a/b.ts", line: 12 });
  expect({ words: command.join(" "), ...rest }).toEqual({ words, onTerminal });
});

test("a path that leaves its folder, by itself or by a link, is not opened", async () => {
  const dir = await mkdtemp(join(tmpdir(), "repobase-editor-"));
  try {
    const folder = join(dir, "code");
    await Bun.write(join(folder, "a.ts"), "1\n");
    await Bun.write(join(dir, "secret"), "2\n");
    await symlink(join(dir, "secret"), join(folder, "link"));
    expect(fileInFolder(folder, "a.ts")).toBe(join(folder, "a.ts"));
    for (const path of ["../secret", "link", "gone.ts"])
      expect(() => fileInFolder(folder, path)).toThrow(expect.objectContaining({ code: "not_found" }));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
