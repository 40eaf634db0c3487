/** Puts a completion script into its place: once, whole, and never over a file of somebody else's. */
import { RepobaseError } from "../../protocol/errors.ts";
import { writeFileAtomic } from "../../files/write-file-atomic.ts";
import { SCRIPT_MARK } from "./completion-script.ts";

/** @throws RepobaseError `usage` when another file is there, `failure` when it cannot be written */
export async function installScript(file: string, script: string): Promise<"written" | "unchanged"> {
  const there = Bun.file(file);
  const before = (await there.exists()) ? await there.text() : undefined;
  if (before === script) return "unchanged";
  if (before !== undefined && !before.includes(SCRIPT_MARK))
    throw new RepobaseError("usage", `"${file}" is there and was not made by this program`, {
      hint: "move it away, then run the same command again",
    });
  await writeFileAtomic(file, script);
  return "written";
}
