/**
 * A git server that we clone from is a stranger, and so is whoever wrote the URL into a bucket. Whatever names and ids it
 * claims, nothing outside the home changes, and nothing inside it that is not the clone.
 */
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cloneOrFetch } from "../../src/git/transport/clone-or-fetch.ts";
import { writeRef } from "../../src/git/transport/write-ref.ts";
import { Home } from "../../src/home/home.ts";
import { BUILT_IN_MODEL } from "../../src/models/models.ts";
import { addRepository } from "../../src/porcelain/indexing/add.ts";
import { indexRepository } from "../../src/porcelain/indexing/index-repo.ts";
import { isRepobaseError } from "../../src/protocol/errors.ts";
import { git, type GitServer, makeRepository, startGitServer } from "../helpers/git-server.ts";
import { type Lie, startHostileServer } from "../helpers/hostile-git-server.ts";

let dir = "";
let repository = "";
let commit = "";
const servers: GitServer[] = [];

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "repobase-hostile-"));
  repository = join(dir, "srv", "app");
  commit = await makeRepository(repository, { "a.txt": "evil=1\n" });
});
afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop())));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function lie(of: Lie): Promise<string> {
  const server = await startHostileServer(repository, of);
  servers.push(server);
  return server.url;
}

/** Everything below a folder: names, and the bytes of files. */
function look(folder: string): Record<string, string> {
  const seen: Record<string, string> = {};
  for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const full = join(folder, path);
    seen[path] = statSync(full).isDirectory() ? "folder" : readFileSync(full, "latin1");
  }
  return seen;
}

/** Where each of these would land: a victim's files, and the files of a clone that mean something to git. */
const NAMES = [
  "../../../../.bashrc",
  "refs/heads/../../../../../.bashrc",
  "refs/tags/../../../../../.bashrc",
  "refs/heads/x/../../../../../../.profile",
  "refs/../config",
  "refs/heads/../../config",
  "config",
  "hooks/post-checkout",
  "objects/info/alternates",
  "HEAD",
  "FETCH_HEAD",
  "packed-refs",
  "refs/heads/",
  "refs/heads/.",
  "refs/heads/..",
  "refs/heads//etc/x",
  "/etc/cron.d/x",
  "refs/heads/a.lock",
  "refs/heads/.hidden",
  "refs/heads/a\\..\\..\\b",
  "refs/heads/a:b",
  "refs/heads/a b",
  "refs/heads/\u0001",
  "refs/heads/\u007f",
  "refs/heads/@{0}",
  "refs/heads/-x",
  "refs/heads/HEAD",
  "refs/notes/commits",
  "refs/remotes/origin/main",
];

test("names that lead out of the clone, or are none: refused, and nothing changes anywhere", async () => {
  expect(NAMES.length).toBeGreaterThan(20);
  const victim = join(dir, "victim");
  mkdirSync(join(victim, "home"), { recursive: true });
  writeFileSync(join(victim, ".bashrc"), "mine\n");
  const before = look(victim);
  for (const name of NAMES) {
    // as the branch that HEAD names, listed and not; as a link from the real branch; as the branch a user asked for
    const lies: readonly [Lie, string | null][] = [
      [{ refs: [`{id} HEAD`, `{id} ${name}`], capabilities: [`symref=HEAD:${name}`] }, null],
      [{ refs: [`{id} ${name}`], capabilities: [`symref=HEAD:${name}`] }, null],
      [{ refs: [`{id} ${name}`] }, name.replace("refs/heads/", "")],
    ];
    for (const [of, branch] of lies) {
      const gitdir = join(victim, "home", "repos", "r");
      const failed = await cloneOrFetch({ url: await lie(of), gitdir, branch }).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect([name, isRepobaseError(failed, "ref_not_found")]).toEqual([name, true]);
      rmSync(join(victim, "home", "repos"), { recursive: true, force: true });
      expect(look(victim)).toEqual(before);
      await Promise.all(servers.splice(0).map((server) => server.stop()));
    }
  }
});

test("ids that are none are passed over; a symbolic name never leads from one ref to another", async () => {
  const victim = join(dir, "ids");
  mkdirSync(victim);
  const bad = [
    "z".repeat(40),
    "../../../../../../../../../../../tmp/aaaaaaa",
    "ref: refs/heads/main".padEnd(40, "x"),
    commit.toUpperCase(),
  ];
  for (const id of bad) {
    const url = await lie({
      refs: [`${id} HEAD`, `${id} refs/heads/main`],
      capabilities: ["symref=HEAD:refs/heads/main"],
    });
    const failed = await cloneOrFetch({ url, gitdir: join(victim, "r") }).catch((error: unknown) => error);
    expect(isRepobaseError(failed)).toBe(true);
  }
  rmSync(victim, { recursive: true });
  // the branch is honest, but claims to stand for a name elsewhere: only the branch is written
  const url = await lie({
    refs: ["{id} HEAD", "{id} refs/heads/main", "{id} refs/heads/../../../../outside"],
    capabilities: ["symref=HEAD:refs/heads/main", "symref=refs/heads/main:refs/heads/../../../../outside"],
  });
  const gitdir = join(dir, "links", "repos", "r");
  expect(await cloneOrFetch({ url, gitdir })).toMatchObject({ commit, branch: "main" });
  expect(readdirSync(join(dir, "links"))).toEqual(["repos"]);
  expect(readdirSync(gitdir).sort()).not.toContain("outside");
  expect(await git(gitdir, "for-each-ref", "--format=%(refname)")).not.toContain("outside");
});

test("a fetch into a clone that is there obeys the same rules, and a branch may become a folder of branches", async () => {
  const gitdir = join(dir, "again", "repos", "r");
  const honest = startGitServer(join(dir, "srv"));
  servers.push(honest);
  await cloneOrFetch({ url: `${honest.url}/app`, gitdir });
  const before = look(join(dir, "again"));
  const url = await lie({ refs: ["{id} HEAD", "{id} ../../../x"], capabilities: ["symref=HEAD:../../../x"] });
  expect(isRepobaseError(await cloneOrFetch({ url, gitdir }).catch((e: unknown) => e), "ref_not_found")).toBe(true);
  expect(look(join(dir, "again"))).toEqual(before);

  const deeper = await lie({
    refs: ["{id} HEAD", "{id} refs/heads/main/x"],
    capabilities: ["symref=HEAD:refs/heads/main/x"],
  });
  expect(await cloneOrFetch({ url: deeper, gitdir })).toMatchObject({ branch: "main/x" });
  expect(await cloneOrFetch({ url: `${honest.url}/app`, gitdir })).toMatchObject({ branch: "main" });
});

test("a ref is written below refs, as an id, and not behind a link", async () => {
  const gitdir = join(dir, "w", "git");
  mkdirSync(join(gitdir, "refs"), { recursive: true });
  for (const name of NAMES.filter((each) => each !== "HEAD"))
    expect(await writeRef(gitdir, name, { id: commit }).catch(() => "refused")).toBe("refused");
  expect(await writeRef(gitdir, "HEAD", { branch: "../../x" }).catch(() => "refused")).toBe("refused");
  expect(await writeRef(gitdir, "refs/heads/main", { id: "evil\n" }).catch(() => "refused")).toBe("refused");
  expect(await writeRef(gitdir, "refs/heads/a", { branch: "refs/heads/b" }).catch(() => "refused")).toBe("refused");
  mkdirSync(join(dir, "w", "outside"));
  symlinkSync(join(dir, "w", "outside"), join(gitdir, "refs", "heads"));
  expect(await writeRef(gitdir, "refs/heads/main", { id: commit }).catch(() => "refused")).toBe("refused");
  expect(readdirSync(join(dir, "w", "outside"))).toEqual([]);
});

test("`add` of such a URL, and `index` of a repository whose URL came from a bucket, change nothing outside the home", async () => {
  const user = join(dir, "user");
  const home = Home.open({ REPOBASE_HOME: join(user, "a", "b", "home"), HOME: user });
  writeFileSync(join(user, ".bashrc"), "mine\n");
  const outside = () => Object.entries(look(user)).filter(([path]) => !path.startsWith("a/b/home/"));
  const before = outside();
  for (const name of ["../../../../../../.bashrc", "refs/heads/../../../../../../../../.bashrc"]) {
    const url = await lie({ refs: ["{id} HEAD", `{id} ${name}`], capabilities: [`symref=HEAD:${name}`] });
    const rest = { branch: null, name: null, model: null, maxFileBytes: null };
    const added = addRepository({ home, target: url, cwd: user, ...rest });
    expect(isRepobaseError(await added.catch((e: unknown) => e), "ref_not_found")).toBe(true);
    const repo = {
      id: "pulled-000000000000",
      name: "pulled",
      source: { kind: "none", url } as const,
      branch: null,
      model: BUILT_IN_MODEL,
      lastIndexedCommit: null,
      cloudEnabled: true,
      lastPushedAt: null,
      lastPushedCommit: null,
      lastSynced: null,
    };
    await home.updateConfig((config) => ({ ...config, repos: [repo] }));
    const indexed = indexRepository({ home, repo, model: null, maxFileBytes: null });
    expect(isRepobaseError(await indexed.catch((e: unknown) => e), "ref_not_found")).toBe(true);
    expect(outside()).toEqual(before);
  }
});
