import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RepoConfig } from "../../src/home/config.ts";
import { Home } from "../../src/home/home.ts";
import { makeRepoId } from "../../src/home/repo-names.ts";
import { findRepo } from "../../src/protocol/find-repo.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "repobase-home-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const repo = (id: string, name = id): RepoConfig => ({
  id,
  name,
  source: { kind: "none", url: null },
  branch: null,
  model: "m",
  lastIndexedCommit: null,
  cloudEnabled: false,
  lastPushedAt: null,
  lastPushedCommit: null,
});

describe("config.json", () => {
  test("two processes that add at the same time both stay", async () => {
    const script = (name: string) => `
      import { Home } from ${JSON.stringify(join(import.meta.dir, "../../src/home/home.ts"))};
      const home = Home.open({ REPOBASE_HOME: ${JSON.stringify(dir)} });
      for (let i = 0; i < 10; i++)
        await home.updateConfig((c) => ({ ...c, repos: [...c.repos, { ...${JSON.stringify(repo(name))}, id: ${JSON.stringify(name)} + i }] }));`;
    const runs = ["a", "b"].map((name) => Bun.spawn([process.execPath, "-e", script(name)], { stderr: "inherit" }));
    expect(await Promise.all(runs.map((r) => r.exited))).toEqual([0, 0]);
    expect(Home.open({ REPOBASE_HOME: dir }).config().repos).toHaveLength(20);
  });

  test("a damaged file is refused, a newer one as well, and neither is overwritten", async () => {
    const home = Home.open({ REPOBASE_HOME: dir });
    await writeFile(home.path("config.json"), '{"format":1,');
    expect(() => home.config()).toThrow(/damaged/);
    expect(home.updateConfig((c) => c)).rejects.toMatchObject({ code: "damaged_config" });
    await writeFile(home.path("config.json"), '{"format":99,"device":"d","repos":[]}');
    expect(home.updateConfig((c) => c)).rejects.toMatchObject({ code: "unsupported_format" });
    expect(await Bun.file(home.path("config.json")).text()).toContain("99");
  });
});

describe("cloud.json", () => {
  test("is readable by its owner alone", async () => {
    const home = Home.open({ REPOBASE_HOME: dir });
    await home.saveCloud({ userId: "u", apiKey: "k", endpoint: "https://x", enabled: true });
    expect((await stat(home.path("cloud.json"))).mode & 0o777).toBe(0o600);
  });

  test("the environment alone is enough, and wins", async () => {
    const home = Home.open({ REPOBASE_HOME: dir, REPOBASE_ENDPOINT: "https://e/", REPOBASE_API_KEY: "k2" });
    expect(home.cloud()).toEqual({ userId: "", apiKey: "k2", endpoint: "https://e", enabled: true });
    await home.saveCloud({ userId: "u", apiKey: "k", endpoint: "https://x", enabled: false });
    expect(home.cloud()).toEqual({ userId: "u", apiKey: "k2", endpoint: "https://e", enabled: false });
  });
});

describe("locks", () => {
  test("a second process is told at once, and a killed holder leaves nothing behind", async () => {
    const home = Home.open({ REPOBASE_HOME: dir });
    const holder = Bun.spawn(
      [
        process.execPath,
        "-e",
        `import { Home } from ${JSON.stringify(join(import.meta.dir, "../../src/home/home.ts"))};
         globalThis.kept = await Home.open({ REPOBASE_HOME: ${JSON.stringify(dir)} }).lock("repo-x");
         console.log("held");
         setInterval(() => globalThis.kept, 1000);`,
      ],
      { stdout: "pipe" },
    );
    const { value } = await holder.stdout.getReader().read();
    expect(new TextDecoder().decode(value)).toContain("held");
    expect(home.lock("repo-x")).rejects.toMatchObject({ code: "busy" });
    holder.kill("SIGKILL");
    await holder.exited;
    (await home.lock("repo-x")).release();
  });

  test("a released lock can be taken again in the same process", async () => {
    const home = Home.open({ REPOBASE_HOME: dir });
    const first = await home.lock("a");
    expect(home.lock("a")).rejects.toMatchObject({ code: "busy" });
    first.release();
    (await home.lock("a")).release();
  });
});

describe("an unusable home", () => {
  test("a file in its place is a clear error", async () => {
    await writeFile(join(dir, "file"), "");
    expect(() => Home.open({ REPOBASE_HOME: join(dir, "file", "home") })).toThrow(
      expect.objectContaining({ code: "home_unwritable" }),
    );
  });
});

describe("names", () => {
  test("the same origin has the same id everywhere, and ids are safe in paths", async () => {
    expect(await makeRepoId("github.com/honojs/hono")).toBe(await makeRepoId("github.com/honojs/hono"));
    expect(await makeRepoId("github.com/honojs/hono")).toMatch(/^hono-[0-9a-f]{8}$/);
    for (const odd of ["/srv/..", "/", "/x/Ünïcode", "/x/...hidden", "/x/a..b"])
      expect(await makeRepoId(odd)).toMatch(/^[a-z0-9][a-z0-9._-]*-[0-9a-f]{8}$/);
    expect(await makeRepoId("/x/a..b")).not.toContain("..");
  });

  test("id, name or beginning; doubt is an error", () => {
    const repos = [repo("hono-11111111", "hono"), repo("hono-22222222", "hono"), repo("next-33333333", "next")];
    expect(findRepo(repos, "next").id).toBe("next-33333333");
    expect(findRepo(repos, "hono-1").id).toBe("hono-11111111");
    expect(findRepo(repos, "hono-22222222").id).toBe("hono-22222222");
    for (const name of ["hono", "nothing", ""])
      expect(() => findRepo(repos, name)).toThrow(expect.objectContaining({ code: "repo_not_found" }));
  });
});
