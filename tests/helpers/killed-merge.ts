/** A process that merges the fragments of a table and is killed at a step: `bun tests/helpers/killed-merge.ts <table folder> <step>`. */
import { fileDirectory } from "../../src/bytes/file-source.ts";
import { LanceTable } from "../../src/lance/table.ts";
import { newestVersion, tableOnDisk } from "../../src/table/lance-versions.ts";
import { placeFiles, stageReplacement, switchVersion } from "../../src/table/replace-fragments.ts";
import type { TableFolder } from "../../src/table/set-version.ts";

export const KILL_STEPS = ["staged", "placed", "version written", "switched"] as const;
type Step = (typeof KILL_STEPS)[number];

if (import.meta.main) {
  const [tableDir = "", wanted = ""] = process.argv.slice(2);
  const dieAt = (step: Step) => void (step === wanted && process.kill(process.pid, "SIGKILL"));
  const lance = await newestVersion(tableDir);
  if (lance === null) throw new Error("no table");
  const table = LanceTable.open(fileDirectory(tableDir), lance.manifest);
  const groups = [table.fragments.map(({ id }) => id)];
  const staged = await stageReplacement({ tableDir, lance, table, groups, isWanted: () => true });
  dieAt("staged");
  await placeFiles(staged, tableDir);
  dieAt("placed");
  const folder = tableOnDisk(tableDir);
  const dying: TableFolder = {
    ...folder,
    async write(path, bytes) {
      await folder.write(path, bytes);
      dieAt("version written");
    },
  };
  await switchVersion({ tableDir, before: lance, after: staged.lance, table: dying });
  dieAt("switched");
}
