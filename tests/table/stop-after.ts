import type { TableFolder } from "../../src/table/set-version.ts";

/** Stops for good after `steps` changes: each write and each file that is removed is one. */
export function stopAfter(table: TableFolder, steps: number): TableFolder {
  let left = steps;
  const step = () => {
    if (left-- <= 0) throw new Error("killed");
  };
  return {
    ...table,
    async write(path, bytes) {
      step();
      await table.write(path, bytes);
    },
    async remove(paths) {
      for (const path of paths) {
        step();
        await table.remove([path]);
      }
    },
  };
}
