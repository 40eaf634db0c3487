/**
 * The commands, after the key was rotated, the endpoint spelled otherwise, or a reset: what the cloud has is taken, nothing is
 * moved back, and uncommitted work survives that the cloud's table takes the place of ours.
 */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { type CloudMachine, CloudMachines } from "../../helpers/cloud-machines.ts";
import { commitFiles, git, makeRepository, writeFiles } from "../../helpers/git-server.ts";

const cloud = new CloudMachines("moved");

/** A repository `name` whose remote nobody asks, indexed and pushed by a first machine. */
async function share(name: string): Promise<{ laptop: CloudMachine; folder: string; first: string; id: string }> {
  const folder = join(cloud.dir, name);
  const first = await makeRepository(folder, { "a.ts": "export const squill = 1;\n" });
  await git(folder, "remote", "add", "origin", `https://example.com/team/${name}`);
  const laptop = cloud.machine(name, await cloud.server.issueKey(name));
  const { repoId: id } = await laptop.say(`add ${name}`);
  await laptop.say(`cloud enable ${id}`);
  await laptop.say(`push ${id}`);
  return { laptop, folder, first, id };
}

test("V1: a new key and another spelling of the endpoint: pull takes the cloud's head, push moves nothing back", async () => {
  const { laptop, folder, first, id } = await share("rotated");
  const other = cloud.machine("rotated", laptop.key);
  expect(await other.say(`pull ${id}`)).toMatchObject({ commit: first });
  await other.say(`push ${id}`, 1); // a pull is no word to send anything
  await other.say(`cloud enable ${id}`);
  let newest = first;
  for (const word of ["one", "two"]) {
    newest = await commitFiles(folder, { "a.ts": `export const squill = "${word}";\n` });
    await laptop.say(`index ${id}`);
    await laptop.say(`push ${id}`);
    other.key = await cloud.server.issueKey("rotated");
    other.endpoint = cloud.server.url.replace("127.0.0.1", "localhost");
    expect(await other.say(`status ${id}`)).toMatchObject({ state: "behind" });
    expect(await other.say(`push ${id}`)).toMatchObject({ commit: newest });
    expect(await other.say(`pull ${id}`)).toMatchObject({ commit: newest });
    expect(await other.say(`status ${id}`)).toMatchObject({ state: "in-sync" });
  }
  expect(await laptop.say(`status ${id}`)).toMatchObject({ state: "in-sync" });
});

test("after a reset the cloud's branch stays, and goes back with --force; a fast-forward needs no word", async () => {
  const { laptop, folder, first, id } = await share("reset");
  const second = await commitFiles(folder, { "b.ts": "export const bee = 2;\n" });
  await laptop.say(`index ${id}`);
  await laptop.say(`push ${id}`);
  // the same commit on another branch, which follows its head
  await git(folder, "checkout", "--quiet", "-b", "release", first);
  await laptop.say(`index ${id}`);
  await laptop.say(`push ${id}`);
  await git(folder, "merge", "--quiet", "--ff-only", second);
  await laptop.say(`index ${id}`);
  expect(await laptop.say(`push ${id}`)).toMatchObject({ headsKept: [], headsForced: [] });
  const reader = cloud.machine("reset", laptop.key);
  await reader.say(`pull ${id}`);
  expect((await reader.say("search bee --ref release --mode keyword")).results).toHaveLength(1);

  await git(folder, "reset", "--quiet", "--hard", first);
  await laptop.say(`index ${id}`);
  expect((await laptop.say(`push ${id}`)).headsKept).toEqual([{ branch: "release", from: first, to: second }]);
  // said again, and what it advises works
  expect((await laptop.say(`push ${id}`)).headsKept).toHaveLength(1);
  expect(await laptop.say(`status ${id}`)).toMatchObject({ state: "behind" });
  const forced = await laptop.say(`push ${id} --force --branch release`);
  expect(forced.headsForced).toEqual([{ branch: "release", from: second, to: first }]);
  await laptop.say(`push ${id} --force --no-overwrite`, 2);
  await laptop.say(`push ${id} --branch release`, 2);
});

test("V5: a runner that ran add and push replaces nothing, and uncommitted work outlives the change of tables", async () => {
  const { laptop, folder, id } = await share("runner");
  // another table of the same repository, made apart, with a commit of its own and work in progress
  await git(cloud.dir, "clone", "--quiet", folder, "runner-clone");
  const clone = join(cloud.dir, "runner-clone");
  await git(clone, "remote", "set-url", "origin", "https://example.com/team/runner");
  const runner = cloud.machine("runner", laptop.key);
  const commit = await commitFiles(clone, { "ci.ts": "export const zzrunner = 1;\n" });
  await writeFiles(clone, { "dirty.ts": "export const zzdirty = 1;\n" });
  await runner.say("add runner-clone");
  await runner.say(`cloud enable ${id}`);
  const paths = async (machine: CloudMachine, word: string, ref: string) =>
    (await machine.say(`search ${word} --mode keyword --ref ${ref}`)).results.map(({ path }) => path);
  const found = async () => [await paths(runner, "zzdirty", "worktree"), await paths(runner, "squill", "worktree")];
  expect(await found()).toEqual([["dirty.ts"], ["a.ts"]]);
  expect(await runner.say(`push ${id}`)).toMatchObject({ commit, filesRebased: 1 });
  expect(await found()).toEqual([["dirty.ts"], ["a.ts"]]);
  await runner.say(`index ${id}`);
  expect(await found()).toEqual([["dirty.ts"], ["a.ts"]]);
  await laptop.say(`pull ${id}`);
  expect(await paths(laptop, "zzrunner", "main")).toEqual(["ci.ts"]);
  expect(await paths(laptop, "zzdirty", "main")).toEqual([]);
});
