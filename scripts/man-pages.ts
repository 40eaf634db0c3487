/** Makes the manual pages: `bun scripts/man-pages.ts [folder]` writes `man1/*.1` below it (default: dist/man). The build does so too. */
import { Cli } from "clipanion";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../src/commands/base-command.ts";
import { loadAllCommands } from "../src/commands/load-commands.ts";
import { describeCommands } from "../src/commands/shell/describe-commands.ts";
import { manualPages } from "../src/commands/shell/manual.ts";

/** What the program would say of all its commands. */
export async function allCommands() {
  const cli = new Cli<Context>({ binaryName: "repobase" });
  for (const command of await loadAllCommands()) cli.register(command);
  return describeCommands(cli.definitions());
}

export async function writeManualPages(folder: string): Promise<number> {
  const pages = manualPages(await allCommands());
  await mkdir(join(folder, "man1"), { recursive: true });
  await Promise.all([...pages].map(([name, page]) => Bun.write(join(folder, "man1", name), page)));
  return pages.size;
}

if (import.meta.main) {
  const folder = process.argv[2] ?? join(import.meta.dir, "../dist/man");
  console.log(`${await writeManualPages(folder)} pages in ${folder}`);
}
