/** Branches that were deleted in git, and tags, between two machines and one cloud, through the commands. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { type CloudMachine, CloudMachines } from "../../helpers/cloud-machines.ts";
import { commitFiles, git, makeRepository } from "../../helpers/git-server.ts";

const cloud = new CloudMachines("pruned");

/** Two machines, each with a clone, that share one index of two branches, `main` and `topic`. */
async function shareTwo(name: string) {
  const folder = join(cloud.dir, name);
  const first = await makeRepository(folder, { "a.ts": "export const squill = 1;\n" });
  const one = cloud.machine(name, await cloud.server.issueKey(name));
  const two = cloud.machine(name, one.key);
  await git(folder, "checkout", "--quiet", "-b", "topic");
  const topic = await commitFiles(folder, { "topic.ts": "export const topical = 2;\n" });
  await git(folder, "checkout", "--quiet", "main");
  const clone = join(cloud.dir, `${name}-clone`);
  await git(cloud.dir, "clone", "--quiet", folder, clone);
  for (const each of [folder, clone]) {
    const verb = each === folder ? "add" : "set-url";
    await git(each, "remote", verb, "origin", `https://example.com/team/${name}`);
  }
  const { repoId: id } = await one.say(`add ${name}`);
  await one.say(`index ${id} --ref topic`);
  await one.say(`cloud enable ${id}`);
  await one.say(`push ${id}`);
  await two.say(`add ${name}-clone`);
  await two.say(`cloud enable ${id}`);
  await two.say(`pull ${id}`);
  expect((await two.ref(id)).heads).toEqual({ main: first, topic });
  return { folder, clone, first, topic, one, two, id };
}

const inCloud = async (machine: CloudMachine, id: string) => {
  const found = await cloud.server.bucket.list();
  const { key } = found.find(
    (each) => each.key.includes(`${machine.of.userId}/`) && each.key.endsWith(`refs/${id}.json`),
  )!;
  return JSON.parse(new TextDecoder().decode(await cloud.server.bucket.get(key))).heads as Record<string, string>;
};

test("a pull drops a branch that was deleted in its folder, the push drops it in the cloud, and no other machine brings it back", async () => {
  const { folder, clone, first, topic, one, two, id } = await shareTwo("deleted");
  await git(folder, "branch", "--quiet", "-D", "topic");
  const gone = [{ branch: "topic", commit: topic }];
  expect((await one.say(`pull ${id}`)).headsPruned).toEqual(gone);
  expect((await one.say(`pull ${id}`)).headsPruned).toEqual([]);
  expect((await one.ref(id)).heads).toEqual({ main: first });
  expect(await one.say(`status ${id}`)).toMatchObject({ state: "ahead" });
  expect((await one.say(`push ${id}`)).headsPruned).toEqual(gone);
  expect(await inCloud(one, id)).toEqual({ main: first });

  // the other machine has it still, and pushes work of its own before it pulls
  const mine = await commitFiles(clone, { "mine.ts": "export const mine = 3;\n" });
  await two.say(`index ${id}`);
  await two.say(`push ${id}`);
  await commitFiles(clone, { "c.ts": "export const c = 4;\n", "d.ts": "export const d = 5;\n", "a.ts": "changed\n" });
  await two.say(`index ${id}`);
  // three new versions here; of the cloud's, one is shown by no branch of ours
  const apart = { commitsAhead: 1, commitsBehind: 0, filesAhead: 3, filesBehind: 1 };
  expect(await two.say(`status ${id}`)).toMatchObject(apart);
  expect((await two.run(`status ${id}`)).stdout).toContain("1 commit and 3 files ahead, 1 file behind");
  await git(clone, "reset", "--quiet", "--hard", mine);
  await two.say(`index ${id}`);
  expect(await inCloud(two, id)).toEqual({ main: mine });
  expect((await two.ref(id)).heads).toEqual({ main: mine });
  expect(await two.paths(`search topical --ref ${topic}`)).toContain("topic.ts");
  expect((await two.run(`search topical --ref topic --repo ${id}`)).code).toBe(0); // git knows it, its commit is indexed
  await one.say(`pull ${id}`);
  await one.say(`push ${id}`);
  expect(await inCloud(one, id)).toEqual({ main: mine });
}, 120_000);

test("a pull drops what another machine pruned, unless it was moved here since", async () => {
  const { folder, clone, first, topic, one, two, id } = await shareTwo("pruned");
  await git(folder, "branch", "--quiet", "-D", "topic");
  const said = await one.run(`push ${id} --prune`);
  expect([said.code, said.stdout]).toEqual([0, expect.stringContaining("dropped branch topic")]);
  expect(await inCloud(one, id)).toEqual({ main: first });
  await git(clone, "checkout", "--quiet", "topic");
  const moved = await commitFiles(clone, { "more.ts": "export const more = 3;\n" });
  const third = cloud.machine("pruned", one.key);
  await third.say(`pull ${id}`);
  expect((await third.ref(id)).heads).toEqual({ main: first });
  expect(await two.say(`pull ${id}`)).toMatchObject({ headsPruned: [{ branch: "topic", commit: topic }] });
  await two.say(`index ${id}`);
  await two.say(`push ${id}`);
  expect(await inCloud(two, id)).toEqual({ main: first, topic: moved });
  expect((await third.say(`pull ${id}`)).headsPruned).toEqual([]);
  expect((await third.ref(id)).heads).toEqual({ main: first, topic: moved });
  await third.say(`push ${id} --prune`, 1); // not enabled
}, 120_000);

test("what only the cloud has is kept; index --prune drops what was here once", async () => {
  const { folder, clone, first, topic, one, two, id } = await shareTwo("kept");
  await git(clone, "checkout", "--quiet", "-b", "theirs");
  const theirs = await commitFiles(clone, { "theirs.ts": "export const theirs = 3;\n" });
  await git(clone, "checkout", "--quiet", "-b", "alike", "main");
  await two.say(`index ${id}`);
  await two.say(`index ${id} --ref theirs`);
  await two.say(`push ${id}`);
  // the first machine's git has the commit of one of them, and never had a branch of that name
  expect((await one.say(`pull ${id}`)).headsPruned).toEqual([]);
  expect((await one.ref(id)).heads).toEqual({ main: first, topic, theirs, alike: first });
  // a detached HEAD's branch has no ref in git
  await git(folder, "checkout", "--quiet", "--detach", "main");
  await git(folder, "branch", "--quiet", "-D", "topic");
  expect((await one.say(`index ${id} --prune`)).headsPruned).toEqual([{ branch: "topic", commit: topic }]);
  expect((await one.ref(id)).heads).toEqual({ main: first, theirs, alike: first });
  await git(folder, "checkout", "--quiet", "main");
  await commitFiles(folder, { "b.ts": "export const b = 3;\n" });
  expect((await one.say(`index ${id} --prune`)).headsPruned).toEqual([{ branch: "alike", commit: first }]);
}, 120_000);

test("after a pull a folder shows the branch that was indexed last, not the cloud's default one", async () => {
  const { folder, clone, first, topic, one, two, id } = await shareTwo("follows");
  await git(clone, "checkout", "--quiet", "topic");
  await two.say(`index ${id}`);
  await two.say(`push ${id}`);
  await two.say(`pull ${id}`);
  expect((await two.ref(id)).default).toBe("main");
  expect(await two.say("list")).toMatchObject({ lastIndexedCommit: topic });
  expect(await two.paths("search topical")).toContain("topic.ts");
  const other = cloud.machine("follows", two.key);
  await other.say(`pull ${id}`);
  expect(await other.say("list")).toMatchObject({ lastIndexedCommit: first });
  // a new branch at the default one's commit stays there when the default one moves on
  await git(clone, "checkout", "--quiet", "-b", "fresh", first);
  await two.say(`index ${id}`);
  const moved = await commitFiles(folder, { "b.ts": "export const b = 4;\n" });
  await one.say(`pull ${id}`);
  await one.say(`index ${id}`);
  await one.say(`push ${id}`);
  await two.say(`pull ${id}`);
  expect((await two.ref(id)).heads).toMatchObject({ main: moved, fresh: first });
  expect(await two.say("list")).toMatchObject({ lastIndexedCommit: first });
}, 120_000);

test("tags travel through push and pull, and the server knows them", async () => {
  const { folder, first, topic, one, two, id } = await shareTwo("tags");
  await git(folder, "tag", "v1", first);
  await git(folder, "tag", "-a", "v2", "-m", "x", topic);
  await one.say(`index ${id}`);
  await one.say(`push ${id}`);
  const reader = cloud.machine("tags", one.key);
  for (const machine of [two, reader]) {
    await machine.say(`pull ${id}`);
    expect(await machine.paths("search topical --ref v1")).toEqual([]);
    expect(await machine.paths("search topical --ref v2")).toEqual(["topic.ts"]);
  }
  const nobody = cloud.machine("tags", one.key); // no index at home: the server alone answers
  expect(await nobody.paths(`search topical --remote --repo ${id} --ref v1`)).toEqual([]);
  expect(await nobody.paths(`search topical --remote --repo ${id} --ref v2`)).toEqual(["topic.ts"]);
}, 120_000);
