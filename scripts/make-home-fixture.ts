/**
 * Writes `fixtures/homes/manifest-{format}`: a home's index as this version of the program leaves it, named after the format of
 * its manifest. What is there already is left alone: a fixture is never changed. Run before that format changes:
 * `bun scripts/make-home-fixture.ts`
 */
import { cp, exists, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MANIFEST_FORMAT } from "../src/protocol/manifest.ts";
import { Terminal } from "../tests/commands/terminal.ts";
import { git } from "../tests/helpers/git-server.ts";
import { INDEX_FOLDERS, makeOldRepository, OLD_HOMES, OLD_PURGE } from "../tests/helpers/old-home.ts";

const target = join(OLD_HOMES, `manifest-${MANIFEST_FORMAT}`);
if (await exists(target)) {
  console.error(`${target} is there`);
  process.exit(1);
}
const dir = await mkdtemp(join(tmpdir(), "repobase-old-home-"));
const terminal = new Terminal(dir, { REPOBASE_HOME: join(dir, "home") });
const say = async (...line: readonly string[]): Promise<unknown> => {
  const { code, stdout, stderr } = await terminal.run([...line, "--json"]);
  if (code !== 0) throw new Error(`${line.join(" ")}: exit ${code}: ${stderr}${stdout}`);
  return JSON.parse(stdout);
};
const commits = await makeOldRepository(join(dir, "code"));
let repoId = "";
for (const commit of commits) {
  await git(join(dir, "code"), "checkout", "--quiet", "-B", "main", commit);
  repoId = ((await say("add", "code")) as { repoId: string }).repoId;
}
await say("purge", repoId, OLD_PURGE, "--yes");
for (const folder of INDEX_FOLDERS) await cp(join(dir, "home", folder), join(target, folder), { recursive: true });
await rm(dir, { recursive: true });
console.log(target);
